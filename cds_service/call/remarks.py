"""What an OperationOutcome beside or in place of an answer says of it, by the codes of its issues alone."""

from enum import IntEnum

from cds_service.errors import JsonDict
from cds_service.fhir_json import as_dict, as_list, as_text

# severities of what a server remarks about a search that worked
_REMARKS = frozenset({"information", "warning", "success"})
# what says that something is not in the answer (FHIR R4, IssueType); `processing` says everything, most often "none"
_NOT_ALL = frozenset(
    {"incomplete", "too-costly", "throttled", "timeout", "transient", "exception", "lock-error", "no-store"}
    | {"suppressed", "security", "login", "unknown", "expired", "forbidden"}
)
# Epic adds these to each answer, of kinds of a resource that the client is not registered for or its user may not see
_EPIC = "urn:oid:1.2.840.114350."
_NOT_OFFERED_BY_EPIC = frozenset({"59204", "59205"})


class Says(IntEnum):
    """What an answer is by its remark, the worst last: as it looks, without what this client never gets, not all."""

    NOTHING = 0
    NOT_OFFERED = 1
    NOT_ALL = 2
    FAILED = 3


def said_by(outcome: JsonDict) -> Says:
    """What the worst of the issues says; without an issue it is a failure."""
    return max((_said(as_dict(issue)) for issue in as_list(outcome.get("issue"))), default=Says.FAILED)


def only_informs(outcome: JsonDict) -> bool:
    """Whether it does no more than inform: then it may stand in place of an answer that found nothing."""
    issues = [as_dict(issue) for issue in as_list(outcome.get("issue"))]
    return {as_text(issue.get("severity")) for issue in issues} == {"information"} and not said_by(outcome)


def _said(issue: JsonDict) -> Says:
    if as_text(issue.get("severity")) not in _REMARKS:
        return Says.FAILED
    if as_text(issue.get("code")) not in _NOT_ALL:
        return Says.NOTHING
    codings = map(as_dict, as_list(as_dict(issue.get("details")).get("coding")))
    return Says.NOT_OFFERED if any(map(_is_not_offered, codings)) else Says.NOT_ALL


def _is_not_offered(coding: JsonDict) -> bool:
    told = as_text(coding.get("code")) in _NOT_OFFERED_BY_EPIC
    return told and (as_text(coding.get("system")) or "").startswith(_EPIC)
