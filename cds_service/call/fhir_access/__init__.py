"""Reading what a client did not send from its FHIR server: allowed servers only, in parallel, within a deadline."""

from cds_service.call.fhir_access.gateway import Gateway, Source, Visit
from cds_service.call.fhir_access.outcome import ANSWERED, NOT_MISSED, Fetched, Outcome, has_failed
from cds_service.call.fhir_access.queries import Request, request_of
from cds_service.call.fhir_access.server import next_page

__all__ = [
    "ANSWERED",
    "NOT_MISSED",
    "Fetched",
    "Gateway",
    "Outcome",
    "Request",
    "Source",
    "Visit",
    "has_failed",
    "next_page",
    "request_of",
]
