"""Counted days say what single records say; what comes late is counted, and what is purged is gone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from cds_service.insights.period import Period
from cds_service.insights.read import read_insights
from cds_service.insights.scope import Scope
from cds_service.records.purge import purge
from cds_service.records.rollups import count_anew, roll_up, rolled_days
from cds_service.records.rows import rows_of
from cds_service.records.schema import BY_DAY, ROLLED_CALLS
from cds_service.records.ship import insert_new
from tests.insights.conftest import TODAY
from tests.insights.made import SIGN, VIEW, load, made_entries

DAYS, CALLS = 8, 120
PERIOD = Period(TODAY - timedelta(days=DAYS // 2 - 1), TODAY)


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
    entries = list(made_entries(TODAY, DAYS, CALLS))
    load(any_engine, entries)
    return any_engine, entries


def test_counted_days_say_what_single_records_say(filled):
    engine, _ = filled
    before = {service: figures(engine, service=service) for service in ("", VIEW, SIGN)}
    assert before[""].totals.outcomes.with_feedback and before[""].unknown.with_feedback
    assert len(counted(engine)) == DAYS - 2
    assert {service: figures(engine, service=service) for service in before} == before


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


def test_purged_days_leave_no_sums(filled):
    engine, _ = filled
    counted(engine)
    purge(engine, TODAY + timedelta(days=1))
    with engine.connect() as connection:
        assert not [t for t in BY_DAY if connection.execute(select(func.count()).select_from(t)).scalar()]


def _day(entry):
    return datetime.fromtimestamp(entry["at"], UTC).toordinal()


def _is_answered(answer, entries):
    told = {e["card"] for e in entries if e["kind"] == "feedback"}
    return any(card["id"] in told for card in answer["cards"])
