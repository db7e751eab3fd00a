"""The conformance kit: what a CDS Hooks request or answer, of anybody, does not meet, by requirement."""

from cds_service.conformance.answers import answer_faults
from cds_service.conformance.faults import MUST, Fault, requirements
from cds_service.conformance.in_dialect import dialect_faults, hook_faults
from cds_service.conformance.requests import request_faults

__all__ = ["MUST", "Fault", "answer_faults", "dialect_faults", "hook_faults", "request_faults", "requirements"]
