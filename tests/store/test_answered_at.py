"""When a card was answered, as its feedback tells."""

from datetime import UTC, datetime, timedelta

import pytest

from cds_service.records.memory import answered_at

RECEIVED = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("told", "at"),
    [
        ("2026-11-23T10:00:00Z", RECEIVED - timedelta(hours=2)),
        ("2026-11-23T10:00:00+05:00", RECEIVED - timedelta(hours=7)),
        ("2026-11-23T13:00:00Z", RECEIVED),
        ("2026-11-23T10:00:00", RECEIVED),
        ("", RECEIVED),
        ("yesterday", RECEIVED),
        ("0001-01-01T00:00:00+01:00", RECEIVED),
        ("0001-01-01T00:00:00Z", RECEIVED),
        ("1970-01-01T00:00:00Z", RECEIVED),
        ("1999-12-31T23:59:59Z", RECEIVED),
        ("2000-01-01T00:00:00Z", datetime(2000, 1, 1, tzinfo=UTC)),
        ("9999-12-31T23:59:59-12:00", RECEIVED),
    ],
    ids=[
        *("past", "past in its zone", "future", "no zone", "none", "no time"),
        *("before year 1", "year 1", "1970", "before any card", "the first that counts", "the last"),
    ],
)
def test_when_a_card_was_answered(told, at):
    assert answered_at(told, RECEIVED) == at
