"""When a result was true."""

from datetime import UTC, datetime

import pytest

from cards.chart.results import observed_at
from cards.wording import moment
from tests.cards.chart import decide, snapshot

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


@pytest.mark.parametrize("issued", [{}, {"issued": "2026-11-23"}, {"issued": "2026-11-24T01:00:00Z"}])
def test_a_bare_date_is_the_end_of_its_day_and_told_without_a_time(issued: dict[str, str]) -> None:
    found = observed_at({"effectiveDateTime": "2026-11-23", **issued})
    assert found == datetime(2026, 11, 23, 23, 59, 59, tzinfo=UTC)
    assert moment(found) == "23 Nov 2026"


def test_a_card_tells_no_time_that_nobody_told() -> None:
    low = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "http://loinc.org", "code": "19123-9"}]},
        "effectiveDateTime": "2026-11-23",
        "valueQuantity": {"value": 1.0, "code": "mg/dL"},
    }
    (card,) = decide(snapshot({"setting": "inpatient", "labs": {"egfr": 80}, "resources": {"magnesium": [low]}})).cards
    assert str(card.body["summary"]).startswith("Severely low magnesium 1.0 mg/dL (0.41 mmol/L), 23 Nov 2026: IV")
