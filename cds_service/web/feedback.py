"""POST /cds-services/<id>/feedback: what became of the cards."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from flask import Response

from cds_service.call.envelope import read_body
from cds_service.dialects import shipped, standard
from cds_service.errors import JsonDict, NotCdsHooks
from cds_service.fhir_json import as_dict, as_list, as_text, is_uuid
from cds_service.records.entries import feedback_entry
from cds_service.records.log import record_feedback
from cds_service.records.memory import answered_at
from cds_service.web.answers import json_response, outcome_response, raw_body
from cds_service.web.hooks import known_service, within_limit
from cds_service.web.runtime import Access, Route, Runtime
from cds_service.web.this_request import this_request

_OUTCOMES = frozenset({"accepted", "overridden"})
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9\-]{0,63}")
_MOST_ENTRIES = 1000
_LONGEST_COMMENT = 1000
_LONGEST_TIME = 40
_MOST_REASONS = 10
_MOST_LOOKED_AT = 200  # of each list of an entry
_MOST_SUGGESTIONS = 50  # no card has as many; each becomes a record
_KNOWN_FIELDS = frozenset({"card", "outcome", "outcomeTimestamp", "acceptedSuggestions", "userComment", "extension"})


@dataclass(frozen=True, slots=True)
class Feedback:
    """What became of one card. `comment` may hold anything, patient data too.

    `reason` is the first of those that came, `more_reasons` the others; `unknown`: how many fields nobody knows.
    """

    card: str
    outcome: str
    reason: str
    suggestions: tuple[str, ...]
    at: str
    comment: str
    more_reasons: tuple[str, ...] = ()
    unknown: int = 0


def routes(runtime: Runtime) -> list[Route]:
    """The feedback route."""

    def receive(service_id: str) -> Response:
        service = known_service(service_id)
        read = within_limit(runtime, _all_read)
        kept = [_keep_if_given(feedback, service.id, runtime) for feedback in read if feedback]
        if not all(kept):
            return outcome_response(503, "transient", "The feedback could not be kept. Send it again later.")
        refused = [str(index) for index, feedback in enumerate(read) if feedback is None]
        return _refusal(refused, len(kept)) if refused else json_response({"received": len(kept)})

    return [Route("/cds-services/<service_id>/feedback", "POST", Access.CLIENT, receive)]


def _all_read() -> list[Feedback | None]:
    """What the entries of this request say."""
    keys = _reason_keys()
    return [_read(entry, keys) for entry in _entries(read_body(raw_body()))]


def _refusal(refused: list[str], kept: int) -> Response:
    return outcome_response(
        400,
        "value",
        f"Entries that cannot be used (counted from 0): {', '.join(refused)}. Each needs `card`, the uuid of a card of "
        f"this service, and `outcome`, accepted or overridden. The others were kept: {kept}.",
    )


def _entries(body: object) -> list[object]:
    """The feedback entries; NotCdsHooks when there is no list of them."""
    found = as_dict(body).get("feedback")
    if not isinstance(found, list):
        raise NotCdsHooks('The body must be an object with a list: {"feedback": [...]}.')
    if len(found) > _MOST_ENTRIES:
        raise NotCdsHooks(f"More than {_MOST_ENTRIES} entries. Send them in several calls.")
    return found


def _reason_keys() -> tuple[str, ...]:
    """How the specification, the dialects that we know and that of the caller name the override reason."""
    client = this_request().client
    dialects = (*shipped().values(), *((client.dialect,) if client else ()))
    return tuple(dict.fromkeys(dialect.override_reasons for dialect in (standard(), *dialects)))


def _read(told: object, reason_keys: tuple[str, ...]) -> Feedback | None:
    """What an entry says; None when it does not name a card and what became of it."""
    entry = as_dict(told)
    card, outcome = entry.get("card"), as_text(entry.get("outcome"))
    if not isinstance(card, str) or not is_uuid(card) or outcome not in _OUTCOMES:
        return None
    overrides = [item for key in reason_keys for item in as_list(entry.get(key))[:_MOST_LOOKED_AT]]
    reason, *more = list(dict.fromkeys(filter(None, map(_reason, overrides)))) or [""]
    comments = (as_text(as_dict(item).get("userComment")) for item in (*overrides, entry))
    return Feedback(
        card.lower(),
        outcome,
        reason,
        tuple(islice(dict.fromkeys(_suggestions(entry)), _MOST_SUGGESTIONS)),
        _time(entry.get("outcomeTimestamp")),
        next(filter(None, comments), "")[:_LONGEST_COMMENT].replace("\0", ""),
        tuple(more[:_MOST_REASONS]),
        sum(key not in _KNOWN_FIELDS and key not in reason_keys for key in entry),
    )


def _reason(told: object) -> str:
    """The code of an override reason: of its `reason`, or of a coding or concept in its place."""
    named = as_dict(as_dict(told).get("reason", told))
    coding = next(iter(as_list(named.get("coding"))), named)
    return _code(as_dict(coding).get("code"))


def _suggestions(entry: JsonDict) -> Iterator[str]:
    for item in as_list(entry.get("acceptedSuggestions"))[:_MOST_LOOKED_AT]:
        ident = as_dict(item).get("id")
        if isinstance(ident, str) and is_uuid(ident):
            yield ident.lower()


def _keep_if_given(feedback: Feedback, service_id: str, runtime: Runtime) -> bool:
    """Keep feedback on a card that this client got from this service.

    On any other, of another client or of nobody, it is only counted, and answered alike: so nobody learns which it is.
    As long as the key of the cards cannot be had it is asked for again: it may be on a card of before.
    """
    memory = runtime.memory
    if memory and not memory.gave(feedback.card, this_request().holder_of_cards(service_id)):
        if not memory.is_settled:
            return False
        runtime.metrics.feedback_unknown()
        return True
    return _keep(feedback, service_id, runtime)


def _keep(feedback: Feedback, service_id: str, runtime: Runtime) -> bool:
    """Whether the feedback is safe: in the log, in the records, and in the memory of what was answered."""
    now, client = runtime.now(), this_request().who
    record_feedback(service_id, _shown(feedback), client)
    runtime.metrics.feedback_received(service_id, feedback.outcome)
    if feedback.unknown:
        runtime.metrics.feedback_not_known(service_id, feedback.unknown)
    if runtime.memory:
        at = answered_at(feedback.at, now)
        runtime.memory.answered(feedback.card, feedback.outcome, feedback.reason, at)
    comment = feedback.comment if runtime.settings.keep_comments else ""
    entries = [
        feedback_entry(
            feedback.card,
            service_id,
            feedback.outcome,
            suggestion,
            feedback.reason,
            comment,
            feedback.at,
            now,
            client.get("client", ""),
        )
        for suggestion in feedback.suggestions or ("",)
    ]
    safe = [runtime.keep(entry) for entry in entries]
    return all(safe)


def _shown(feedback: Feedback) -> dict[str, object]:
    """For the log: ids, codes and times. The comment stays out."""
    found: dict[str, object] = {
        "card": feedback.card,
        "outcome": feedback.outcome,
        "reason": feedback.reason,
        "more_reasons": list(feedback.more_reasons),
        "unknown_fields": feedback.unknown,
        "suggestions": list(feedback.suggestions),
        "at": feedback.at,
    }
    return {key: value for key, value in found.items() if value}


def _code(value: object) -> str:
    text = as_text(value)
    return text if text and _CODE.fullmatch(text) else ""


def _time(value: object) -> str:
    try:
        return datetime.fromisoformat(as_text(value) or "").isoformat()[:_LONGEST_TIME]
    except ValueError:
        return ""
