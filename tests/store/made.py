"""Invented entries of answers and feedback."""

import uuid
from datetime import UTC, datetime
from typing import Any

from cds_service.records.entries import feedback_entry

NOW = datetime.now(UTC).replace(microsecond=0)  # what is older than the time it is kept for is purged
Entry = dict[str, Any]


def answer(at: datetime = NOW, cards: int = 1, **changes: object) -> Entry:
    """An answer with cards of two rules and a suggestion each."""
    return {
        "kind": "answer",
        "id": str(uuid.uuid4()),
        "at": at.timestamp(),
        "service": "magnesium-patient-view",
        "status": 200,
        "ms": 3.25,
        "client": "ehr",
        "tenant": "",
        "missing": {"encounters": "missing"},
        "knowledge": "0123456789ab",
        "quiet": ["long_qtc_raises_risk"],
        "on_trial": [{"rule": "albumin_is_low", "leads": False, "problem": "low_magnesium", "indicator": "info"}],
        "cards": [_card() for _ in range(cards)],
        "read": {"order": [1, 14]},
        "unread": [["order", "no name", "urn:oid:1.2.3", "MG-1", 1]],
        **changes,
    }


def candidate(answered: Entry) -> Entry:
    """What a candidate would have said beside an answer."""
    same = {key: answered[key] for key in ("id", "at", "service", "client")}
    told = {"kind": "candidate", **same, "knowledge": "ba9876543210", "status": 200, "live_status": 200, "ms": 1.5}
    return {**told, "rules": [["magnesium_is_severely_low", "shown", "critical", "", ""]]}


def feedback(card: str, outcome: str = "overridden", at: str = NOW.isoformat(), **changes: str) -> Entry:
    """Feedback on a card."""
    told = {"suggestion": "", "reason": "patient-refuses", "comment": "", "client": "ehr", **changes}
    return feedback_entry(
        card=card, service="magnesium-patient-view", outcome=outcome, outcome_at=at, received=NOW, **told
    )


def _card() -> Entry:
    return {
        "id": str(uuid.uuid4()),
        "problem": "low_magnesium",
        "indicator": "critical",
        "rules": ["magnesium_is_severely_low", "potassium_is_low_too"],
        "suggestions": [str(uuid.uuid4())],
    }
