"""Counted days say what single records say; what comes late is counted, and what is purged is gone."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache

import pytest
from sqlalchemy import delete, func, select

from cds_service.insights.period import Period
from cds_service.insights.read import read_insights
from cds_service.insights.scope import Scope
from cds_service.records.purge import purge
from cds_service.records.rolled_tables import ROLLED_CALLS, ROLLED_DAYS
from cds_service.records.rollups import count_anew, roll_up, rolled_days
from cds_service.records.rows import rows_of
from cds_service.records.schema import BY_DAY
from cds_service.records.ship import insert_new
from tests.insights.conftest import TODAY
from tests.insights.made import SIGN, VERSIONS, VIEW, load, made_entries

DAYS, CALLS = 8, 200
PERIOD = Period(TODAY - timedelta(days=DAYS // 2 - 1), TODAY)
DAY_NUMBERS = {day.toordinal() for day in PERIOD.days()}


def figures(engine, **scope):
    with engine.connect() as connection:
        found = read_insights(connection, PERIOD, Scope(**scope))
    return replace(found, statuses=tuple(sorted(found.statuses, key=str)))


def counted(engine):
    """Count all days but the last; the days that are counted."""
    before = TODAY - timedelta(days=1)
    assert roll_up(engine, before) == 0  # they are only marked
    assert roll_up(engine, before) == DAYS - 2
    with engine.connect() as connection:
        return rolled_days(connection, TODAY - timedelta(days=DAYS), TODAY)


def ship(engine, entries):
    """As the shipping process does it."""
    rows = rows_of(entries)
    with engine.begin() as connection:
        for table, listed in rows.items():
            insert_new(connection, table, listed)
        count_anew(connection, rows)


@pytest.fixture
def filled(any_engine):
    entries = of_all_days()
    load(any_engine, entries)
    assert figures(any_engine).unknown.with_feedback
    return any_engine, entries


@cache
def of_all_days():
    """The entries of all days, not to be changed."""
    return tuple(made_entries(TODAY, DAYS, CALLS))


SCOPES = (
    {},
    {"service": VIEW},
    {"service": SIGN},
    {"client": "north-hospital"},
    {"unit": "icu"},
    {"version": VERSIONS[1]},
    {"service": VIEW, "client": "south-clinic", "unit": "ward", "version": VERSIONS[1]},
)


@pytest.mark.parametrize("scope", SCOPES, ids=str)
def test_counted_days_say_what_single_records_say(filled, scope):
    engine, entries = filled
    before = figures(engine, **scope)
    assert len(counted(engine)) == DAYS - 2
    assert figures(engine, **scope) == before
    assert told(before) == direct_count(entries, **scope)


def told(found):
    """Some of the figures, as they can be counted from entries."""
    totals = found.totals
    return {
        "calls": totals.calls,
        "answered": totals.answered,
        "not had": totals.not_had,
        "quiet": totals.quieted,
        "unread": sum(kind.entries.rest for kind in found.understood),
        "listed": sum(kind.entries.whole for kind in found.understood),
        "cards": {rule.rule: rule.outcomes.cards for rule in found.rules if rule.outcomes.cards},
        "added": {rule.rule: rule.added for rule in found.rules if rule.added},
        "accepted": totals.outcomes.accepted,
        "overridden": totals.outcomes.overridden,
        "reasons": {reason.code: reason.count for reason in found.reasons},
        "units": {unit.name: (unit.calls, unit.cards) for unit in found.units},
        "unknown": found.unknown.with_feedback,
        "slowest half": totals.latency.p50,
    }


def direct_count(entries, **scope):
    """The same, counted from the entries of the period that have what the scope names."""
    named = {"knowledge" if name == "version" else name: value for name, value in scope.items()}
    here = [e for e in entries if e["kind"] == "answer" and named.items() <= e.items() and _day(e) in DAY_NUMBERS]
    answered = [e for e in here if e["status"] == 200]
    cards = [card for e in here for card in e["cards"]]
    said = {e["card"]: e for e in entries if e["kind"] == "feedback"}
    outcomes = [said[card["id"]] for card in cards if card["id"] in said]
    overridden = [e for e in outcomes if e["outcome"] == "overridden"]
    read = [numbers for e in here for numbers in e["read"].values()]
    times = sorted(round(e["ms"], 1) if e["ms"] < 10 else round(e["ms"]) for e in answered)
    return {
        "calls": len(here),
        "answered": len(answered),
        "not had": sum(len(e["missing"]) for e in here),
        "quiet": sum(len(e["quiet"]) for e in here),
        "unread": sum(unread for unread, _ in read),
        "listed": sum(listed for _, listed in read),
        "cards": Counter(card["rules"][0] for card in cards),
        "added": Counter(rule for card in cards for rule in card["rules"][1:]),
        "accepted": len(outcomes) - len(overridden),
        "overridden": len(overridden),
        "reasons": Counter(e["reason"] for e in overridden),
        "units": {
            unit: (sum(e["unit"] == unit for e in here), sum(len(e["cards"]) for e in here if e["unit"] == unit))
            for unit in {e["unit"] for e in here}
        },
        "unknown": 0
        if {"unit", "knowledge"} & named.keys()
        else sum(_is_stray(e, entries, named) for e in said.values()),
        "slowest half": pytest.approx(times[(len(times) + 1) // 2 - 1], abs=0.11),
    }


def test_what_comes_late_is_in_every_figure(filled):
    engine, entries = filled
    counted(engine)
    late = next(e for e in made_entries(TODAY - timedelta(days=2), 1, 10, seed=8) if e["kind"] == "answer")
    known = next(e for e in entries if e["kind"] == "answer" and e["cards"] and not _is_answered(e, entries))
    said = {**next(e for e in entries if e["kind"] == "feedback"), "id": "f" * 64, "card": known["cards"][0]["id"]}
    ship(engine, [late, said])
    shown = figures(engine)
    roll_up(engine, TODAY - timedelta(days=1))
    assert roll_up(engine, TODAY - timedelta(days=1)) in (1, 2)
    assert figures(engine) == shown
    fresh = [e for e in entries if e["kind"] == "answer"]
    with engine.connect() as connection:
        calls = connection.execute(select(func.sum(ROLLED_CALLS.c.count))).scalar_one()
    days = {TODAY.toordinal() - n for n in range(2)}
    assert calls == 1 + sum(_day(e) not in days for e in fresh)


def test_a_day_that_is_shipped_to_while_it_is_counted_is_counted_anew(filled):
    engine, _ = filled
    roll_up(engine, TODAY)
    ship(engine, [next(e for e in made_entries(TODAY - timedelta(days=2), 1, 10, seed=8) if e["kind"] == "answer")])
    assert roll_up(engine, TODAY) == DAYS - 2  # of the other days, that of the record is marked again
    assert roll_up(engine, TODAY) == 1


@pytest.fixture
def late_word(filled):
    """The database, an answer of the first day of the period, and feedback about its card of the day after."""
    engine, entries = filled
    made = (e for e in made_entries(PERIOD.since, 1, 200, seed=9) if e["kind"] == "answer")
    answer = next(e for e in made if e["cards"])
    received = datetime.combine(PERIOD.since + timedelta(days=1), datetime.min.time(), UTC).timestamp()
    some = next(e for e in entries if e["kind"] == "feedback")
    return engine, answer, {**some, "id": "e" * 64, "card": answer["cards"][0]["id"], "received": received}


def test_feedback_about_a_card_that_was_purged_is_about_an_unknown_card(late_word):
    engine, answer, said = late_word
    ship(engine, [answer, said])
    counted(engine)
    known = figures(engine).unknown.with_feedback
    purge(engine, PERIOD.since + timedelta(days=1))
    shown = figures(engine)
    assert shown.unknown.with_feedback == known == 1  # one went with its day, another lost its card
    assert _not_counted(engine) == shown


def test_feedback_about_a_card_that_came_later_is_about_a_known_card(late_word):
    engine, answer, said = late_word
    ship(engine, [said])
    counted(engine)
    unknown = figures(engine).unknown.with_feedback
    ship(engine, [answer])
    shown = figures(engine)
    assert shown.unknown.with_feedback == unknown - 1
    assert _not_counted(engine) == shown


def _not_counted(engine):
    with engine.begin() as connection:
        connection.execute(delete(ROLLED_DAYS))
    return figures(engine)


def test_purged_days_leave_no_sums(filled):
    engine, _ = filled
    counted(engine)
    purge(engine, TODAY + timedelta(days=1))
    with engine.connect() as connection:
        assert not [t for t in BY_DAY if connection.execute(select(func.count()).select_from(t)).scalar()]


def _day(entry):
    return datetime.fromtimestamp(entry["at"], UTC).toordinal()


def _is_stray(said, entries, named):
    """Whether feedback of the period is about a card that nobody knows; it tells nothing of unit and version."""
    cards = {card["id"] for e in entries if e["kind"] == "answer" for card in e["cards"]}
    day = datetime.fromtimestamp(said["received"], UTC).toordinal()
    return said["card"] not in cards and day in DAY_NUMBERS and named.items() <= said.items()


def _is_answered(answer, entries):
    told = {e["card"] for e in entries if e["kind"] == "feedback"}
    return any(card["id"] in told for card in answer["cards"])
