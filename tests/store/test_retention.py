"""Records are removed when they are past the retention, and not because a clock says so for a while."""

import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, func, insert, select

from cds_service.records.answered import Answer
from cds_service.records.purge import oldest_week
from cds_service.records.schema import ANSWERS, CARDS, SEEN_TOKENS
from cds_service.records.shipping import Shipping
from cds_service.records.spool import Spool
from tests.store.conftest import recorded
from tests.store.made import NOW, answer

DAY = timedelta(days=1)


@pytest.fixture
def ship(shipping):
    """Ships answers of so many days ago, and tidies up."""
    spool = Spool(shipping._folder)

    def go(*days):
        for ago in days:
            spool.append(answer(at=NOW - ago * DAY))
        assert shipping.round()
        shipping._tidy()

    yield go
    spool.close()


@pytest.fixture
def step(monkeypatch):
    """Sets the clock of the machine, so many days from where it would be."""
    right = time.time

    def go(days):
        moved = (lambda: right() + days * 86400) if days else right
        monkeypatch.setattr(time, "time", moved)
        monkeypatch.setattr("cds_service.records.shipping._now", lambda: datetime.fromtimestamp(moved(), UTC))

    return go


@pytest.fixture
def hours(shipping, hours_pass):
    """Hours pass, in which the shipping process has its rounds and tidies up."""

    def go(count):
        for _ in range(count):
            hours_pass(1)
            shipping.round()
            shipping._tidy()

    return go


def test_a_step_of_the_clock_ahead_removes_nothing_until_it_has_stood_for_hours(ship, hours, step, shipping):
    """Ahead, as before NTP has set it; then it is right again, and the time by which it was ahead does not count."""
    ship(0, 1, 2)
    hours(4)
    for _ in range(3):
        step(732)
        hours(2)
        assert recorded(shipping) == 3
        step(0)
        hours(1)
    assert recorded(shipping) == 3


def test_a_process_that_starts_while_the_clock_is_ahead_removes_nothing(ship, step, shipping, settings):
    """Nor what was answered and which tokens were used."""
    ship(0)
    shipping._answered.keep([Answer(b"1234567", 1, "accepted", "", NOW.timestamp())])
    with shipping._engine.begin() as connection:
        connection.execute(delete(SEEN_TOKENS))
        connection.execute(insert(SEEN_TOKENS), {"jti_hash": b"1", "exp": time.time() + 60})
    step(732)
    started = Shipping(settings)
    assert started.round()
    started._tidy()
    started._engine.dispose()
    with shipping._engine.connect() as connection:
        tables = (ANSWERS, CARDS, SEEN_TOKENS)
        assert [connection.execute(select(func.count()).select_from(t)).scalar_one() for t in tables] == [1, 1, 1]
    assert shipping._answered.find(b"1234567")


def test_what_is_past_the_retention_is_removed_at_last_the_oldest_week_first(ship, hours, shipping, caplog):
    """As of a machine that stood off for months; and it is told, so that somebody may notice a clock that is wrong."""
    ship(0, 729, *range(740, 760))
    assert recorded(shipping) == 22
    hours(1)
    assert recorded(shipping) == 22  # it has just begun
    hours(2)
    left = recorded(shipping)
    assert left == 22 - 7 and "each hour a week is removed" in caplog.text
    hours(2)
    assert recorded(shipping) == 2
    caplog.clear()
    hours(1)
    assert recorded(shipping) == 2 and "a week is removed" not in caplog.text


def test_a_clock_that_stays_ahead_removes_no_more_than_a_week_each_hour(ship, hours, step, shipping):
    ship(*range(30))
    hours(4)
    step(800)
    hours(2)
    left = []
    for _ in range(5):
        hours(1)
        left.append(recorded(shipping))
    assert left in ([30, 23, 16, 9, 2], [23, 16, 9, 2, 0])


def test_without_records_there_is_no_oldest_week(engine):
    day = NOW.date()
    assert oldest_week(engine, day) == day
