"""POST /cds-services/<id>/feedback: what became of the cards."""

import re
from datetime import datetime

from flask import Response

from cds_service.envelope import read_body
from cds_service.errors import JsonDict, NotCdsHooks
from cds_service.fhir import as_dict, as_list, as_text
from cds_service.records import record_feedback
from cds_service.web.answers import is_uuid, json_response, raw_body
from cds_service.web.auth import who
from cds_service.web.hooks import known_service
from cds_service.web.runtime import Access, Route, Runtime

_OUTCOMES = frozenset({"accepted", "overridden"})
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9\-]{0,63}")
_MOST_ENTRIES = 1000


def routes(runtime: Runtime) -> list[Route]:
    """The feedback route."""

    def receive(service_id: str) -> Response:
        service = known_service(service_id)
        entries = _entries(read_body(raw_body()))
        usable = [entry for entry in entries if _is_usable(entry)]
        for entry in usable:
            record_feedback(service.id, _recorded(entry), who())
        ignored = [index for index, entry in enumerate(entries) if not _is_usable(entry)]
        return json_response({"received": len(usable), **({"ignored": ignored} if ignored else {})})

    return [Route("/cds-services/<service_id>/feedback", "POST", Access.CLIENT, receive)]


def _entries(body: object) -> list[JsonDict]:
    """The feedback entries; NotCdsHooks says what is wrong with them."""
    found = as_dict(body).get("feedback")
    if not isinstance(found, list):
        raise NotCdsHooks('The body must be an object with a list: {"feedback": [...]}.')
    if len(found) > _MOST_ENTRIES:
        raise NotCdsHooks(f"More than {_MOST_ENTRIES} entries. Send them in several calls.")
    wrong = [str(index) for index, entry in enumerate(found) if not isinstance(entry, dict)]
    if wrong:
        raise NotCdsHooks(f"Feedback entries must be objects; these are not (counted from 0): {', '.join(wrong)}.")
    return [as_dict(entry) for entry in found]


def _is_usable(entry: JsonDict) -> bool:
    """Whether the entry names one of our cards and says what became of it."""
    return is_uuid(entry.get("card")) and as_text(entry.get("outcome")) in _OUTCOMES


def _recorded(entry: JsonDict) -> dict[str, object]:
    """Ids, codes and times of an entry. The user's comment stays out: it may hold anything."""
    reason = as_dict(as_dict(entry.get("overrideReason")).get("reason"))
    accepted = [as_dict(item).get("id") for item in as_list(entry.get("acceptedSuggestions"))]
    found: dict[str, object] = {
        "card": entry["card"],
        "outcome": entry["outcome"],
        "reason": _code(reason.get("code")),
        "suggestions": [ident for ident in accepted if is_uuid(ident)],
        "at": _time(entry.get("outcomeTimestamp")),
    }
    return {key: value for key, value in found.items() if value}


def _code(value: object) -> str | None:
    text = as_text(value)
    return text if text and _CODE.fullmatch(text) else None


def _time(value: object) -> str | None:
    try:
        return datetime.fromisoformat(as_text(value) or "").isoformat()
    except ValueError:
        return None
