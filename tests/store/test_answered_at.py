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
    ],
    ids=["past", "past in its zone", "future", "no zone", "none", "no time"],
)
def test_when_a_card_was_answered(told, at):
    assert answered_at(told, RECEIVED) == at
