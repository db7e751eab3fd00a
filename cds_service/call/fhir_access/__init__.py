"""Reading what a client did not send from its FHIR server: allowed servers only, in parallel, within a deadline."""

from cds_service.call.fhir_access.gateway import Gateway, Source, Visit
from cds_service.call.fhir_access.outcome import ANSWERED, FAILED, NOT_MISSED, Fetched, Outcome
from cds_service.call.fhir_access.queries import Request, request_of
from cds_service.call.fhir_access.server import next_page

__all__ = [
    "ANSWERED",
    "FAILED",
    "NOT_MISSED",
    "Fetched",
    "Gateway",
    "Outcome",
    "Request",
    "Source",
    "Visit",
    "next_page",
    "request_of",
]
