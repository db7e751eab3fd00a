"""What is put on the spool: an entry an answer, an entry a feedback. Ids, codes, times, counts; no patient data."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime

from cards import Decision
from cds_service.call.fhir_access import ANSWERED
from cds_service.call.key_outcomes import KeyData

Json = dict[str, object]
_LONGEST = 200


def answer_entry(
    ident: str,
    at: datetime,
    service: str,
    status: int,
    milliseconds: float,
    who: Mapping[str, str],
    decision: Decision | None,
    data: Iterable[KeyData],
) -> Json:
    """The record of one answered call."""
    return {
        "kind": "answer",
        "id": ident,
        "at": at.timestamp(),
        "service": service,
        "status": status,
        "ms": round(milliseconds, 2),
        "client": _short(who.get("client", "")),
        "tenant": _short(who.get("tenant", "")),
        "missing": {item.key: item.outcome.value for item in data if item.outcome not in ANSWERED},
        **(_decided(decision) if decision else {"knowledge": "", "cards": [], "quiet": []}),
    }


def _decided(decision: Decision) -> Json:
    return {
        "knowledge": decision.trace.knowledge_version,
        "cards": [
            {
                "id": card.uuid,
                "problem": card.problem.name.lower(),
                "indicator": card.indicator.word,
                "rules": card.rules,
                "suggestions": card.suggestion_uuids,
            }
            for card in decision.cards
        ],
        "quiet": [rule for rule in decision.trace.answers if rule in decision.trace.quiet],
    }


def feedback_entry(
    card: str,
    service: str,
    outcome: str,
    suggestion: str,
    reason: str,
    comment: str,
    outcome_at: str,
    received: datetime,
    client: str,
) -> Json:
    """The record of what became of one card, or of one suggestion of it."""
    identity = "\0".join((card, outcome, suggestion, outcome_at))
    return {
        "kind": "feedback",
        "id": hashlib.sha256(identity.encode("utf-8", "replace")).hexdigest(),
        "card": card,
        "service": service,
        "outcome": outcome,
        "suggestion": suggestion,
        "reason": reason,
        "comment": comment,
        "outcome_at": outcome_at,
        "received": received.timestamp(),
        "client": _short(client),
    }


def _short(text: str) -> str:
    """What every database takes: not too long, and without the null character."""
    return text.replace("\0", "")[:_LONGEST]
