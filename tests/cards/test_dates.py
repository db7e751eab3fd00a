"""When a result was true."""

from datetime import UTC, datetime

import pytest

from cards.chart.results import observed_at

START, END, ISSUED = "2026-11-23T08:00:00Z", "2026-11-23T09:00:00Z", "2026-11-23T11:00:00Z"


@pytest.mark.parametrize(
    ("told", "hour"),
    [
        ({"effectivePeriod": {"start": START, "end": END}, "issued": ISSUED}, 9),
        ({"effectivePeriod": {"start": START}, "issued": ISSUED}, 8),
        ({"effectivePeriod": {}, "issued": ISSUED}, 11),
    ],
)
def test_a_period_counts_by_its_end_then_its_start_then_the_issue(told: dict[str, object], hour: int) -> None:
    assert observed_at(told) == datetime(2026, 11, 23, hour, tzinfo=UTC)
