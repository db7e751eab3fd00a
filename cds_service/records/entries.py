"""What is put on the spool: an entry an answer, an entry a feedback. Ids, codes, times, counts; no patient data."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from cards import Decision, UnreadEntry, Why, unit_of_stay
from cds_service.call.fhir_access import NOT_MISSED
from cds_service.call.key_outcomes import KeyData

Json = dict[str, object]
_LONGEST = 200
_LONGEST_CODE, _LONGEST_UNIT = 64, 16
_MOST_CODES = 50  # of one answer
_UNDECIDED: Json = {"knowledge": "", "unit": "", "cards": [], "on_trial": [], "quiet": [], "read": {}, "unread": []}
_BLANK = re.compile(r"\s")


def answer_entry(
    ident: str,
    at: datetime,
    service: str,
    status: int,
    milliseconds: float,
    who: Mapping[str, str],
    decision: Decision | None,
    data: Iterable[KeyData],
    trial_status: int | None = None,
) -> Json:
    """The record of one answered call; `trial_status`: the status but for a trial of the whole service."""
    return {
        "kind": "answer",
        "id": ident,
        "at": at.timestamp(),
        "service": service,
        "status": status,
        "ms": round(milliseconds, 2),
        "client": _short(who.get("client", "")),
        "tenant": _short(who.get("tenant", "")),
        "trial_status": trial_status,
        "missing": {item.key: item.outcome.value for item in data if item.outcome not in NOT_MISSED},
        **(_decided(decision) if decision else _UNDECIDED),
    }


def _decided(decision: Decision) -> Json:
    return {
        "knowledge": decision.trace.knowledge_version,
        "unit": unit_of_stay(decision.trace.chart),
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
        "on_trial": [
            {"rule": t.rule, "leads": t.leads, "problem": t.problem.name.lower(), "indicator": t.indicator.word}
            for t in decision.on_trial
        ],
        "quiet": [rule for rule in decision.trace.answers if rule in decision.trace.quiet],
        "read": {str(what): list(share) for what, share in decision.trace.chart.reading.items()},
        "unread": _unread(decision.trace.chart.unread_entries),
    }


def _unread(entries: Iterable[UnreadEntry]) -> list[list[object]]:
    """What was not understood as [what, why, system, code, count]: what has not the form of a code is only counted."""
    counts = Counter(key for entry in entries for key in _keys(entry))
    kept = dict(counts.most_common(_MOST_CODES))
    told = Counter(kept)
    for (what, why, system, code), n in counts.items():
        if (what, why, system, code) not in kept:
            told[what, why, "", ""] += n
    return [[*key, n] for key, n in told.items()]


def _keys(entry: UnreadEntry) -> Iterator[tuple[str, str, str, str]]:
    """An entry that was told by several codes counts for each of them."""
    what, why = entry.kind.what.value, entry.kind.why.value
    longest = _LONGEST_UNIT if entry.kind.why is Why.UNIT else _LONGEST_CODE
    told = [(system, code) for system, code in entry.codes if _is_code(system, _LONGEST_CODE, True)]
    kept = [(system, code) for system, code in told if _is_code(code, longest)]
    return ((what, why, system, code) for system, code in kept or [("", "")])


def _is_code(told: str, longest: int, may_be_empty: bool = False) -> bool:
    """Whether it has the form of a code, in which nobody writes a sentence or a name."""
    return (bool(told) or may_be_empty) and len(told) <= longest and told.isprintable() and not _BLANK.search(told)


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
