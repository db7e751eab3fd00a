"""Spool entries to rows of the tables."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Table

from cds_service.records.became import SHOWN
from cds_service.records.schema import (
    ANSWERS,
    CANDIDATE_CALLS,
    CANDIDATE_RULES,
    CARD_RULES,
    CARDS,
    FEEDBACK,
    MISSING_DATA,
    ON_TRIAL,
    QUIETED,
    READING,
    SUGGESTIONS,
    UNREAD,
)

Row = dict[str, Any]
Entry = dict[str, Any]


def rows_of(entries: Iterable[Entry]) -> dict[Table, list[Row]]:
    """The rows of the entries by table; KeyError, TypeError or ValueError when an entry is none of ours."""
    found: dict[Table, list[Row]] = {}
    for entry in entries:
        for table, row in _KINDS[entry["kind"]](entry):
            found.setdefault(table, []).append(row)
    return found


def _answer(entry: Entry) -> Iterable[tuple[Table, Row]]:
    at = datetime.fromtimestamp(entry["at"], UTC)
    day = at.date()
    same = ("id", "service", "status", "ms", "knowledge", "client", "tenant")
    # entries of an earlier version, which may wait in the spool, tell nothing of trials, units and what was read
    more = {"at": at, "day": day, "cards": len(entry["cards"]), "trial_status": entry.get("trial_status")}
    more["unit"] = entry.get("unit", "")
    yield ANSWERS, {**{k: entry[k] for k in same}, **more}
    for key, outcome in entry["missing"].items():
        yield MISSING_DATA, {"answer_id": entry["id"], "key": key, "outcome": outcome, "day": day}
    for rule in entry["quiet"]:
        yield QUIETED, {"answer_id": entry["id"], "rule": rule, "day": day}
    for what, (unread, listed) in entry.get("read", {}).items():
        yield READING, {"answer_id": entry["id"], "what": what, "unread": unread, "listed": listed, "day": day}
    for what, why, system, code, n in entry.get("unread", ()):
        told = {"what": what, "why": why, "system": system, "code": code, "count": n}
        yield UNREAD, {"answer_id": entry["id"], **told, "day": day}
    shared = {"service": entry["service"], "knowledge": entry["knowledge"], "day": day}
    for told in entry.get("on_trial", ()):
        yield ON_TRIAL, {**told, **shared, "answer_id": entry["id"]}
    yield from _cards(entry, shared)


def _cards(entry: Entry, shared: Row) -> Iterable[tuple[Table, Row]]:
    day = shared["day"]
    for card in entry["cards"]:
        yield (
            CARDS,
            {
                **{k: card[k] for k in ("id", "problem", "indicator")},
                **shared,
                "answer_id": entry["id"],
                "rule": card["rules"][0],
            },
        )
        for number, rule in enumerate(card["rules"]):
            yield CARD_RULES, {"card_id": card["id"], "rule": rule, "leads": number == 0, "day": day}
        for position, ident in enumerate(card["suggestions"]):
            yield SUGGESTIONS, {"id": ident, "card_id": card["id"], "position": position, "day": day}


def _feedback(entry: Entry) -> Iterable[tuple[Table, Row]]:
    received = datetime.fromtimestamp(entry["received"], UTC)
    same = ("id", "service", "outcome", "reason", "comment", "outcome_at", "client")
    yield (
        FEEDBACK,
        {
            **{k: entry[k] for k in same},
            "card_id": entry["card"],
            "suggestion_id": entry["suggestion"],
            "received_at": received,
            "day": received.date(),
        },
    )


def _candidate(entry: Entry) -> Iterable[tuple[Table, Row]]:
    at = datetime.fromtimestamp(entry["at"], UTC)
    day, shown = at.date(), [(rule[1] == SHOWN, rule[3] == SHOWN) for rule in entry["rules"]]
    told = [(rule[2] if rule[1] == SHOWN else "", rule[4] if rule[3] == SHOWN else "") for rule in entry["rules"]]
    same = ("service", "client", "knowledge", "status", "live_status", "ms")
    yield (
        CANDIDATE_CALLS,
        {
            **{key: entry[key] for key in same},
            "unit": entry.get("unit", ""),
            "answer_id": entry["id"],
            "day": day,
            "hour": at.hour,
            "cards": sum(trial for trial, _ in shown),
            "live_cards": sum(live for _, live in shown),
            "differs": entry["status"] != entry["live_status"] or any(trial != live for trial, live in told),
        },
    )
    for rule, trial, trial_indicator, live, live_indicator in entry["rules"]:
        both = {"trial": trial, "trial_indicator": trial_indicator, "live": live, "live_indicator": live_indicator}
        yield CANDIDATE_RULES, {"answer_id": entry["id"], "rule": rule, **both, "day": day}


_KINDS = {"answer": _answer, "feedback": _feedback, "candidate": _candidate}
