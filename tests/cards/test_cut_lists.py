"""Whether a list that was cut holds what counts: newest first, and back far enough."""

from datetime import UTC, datetime

import pytest

from cards.chart.cut_lists import is_enough, suffices
from cards.chart.inputs import BY_KEY

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def dated(*times, kind="Observation", element="effectiveDateTime"):
    return [{"resourceType": kind, element: time, "status": "completed"} for time in times]


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (["2026-11-28T10:00:00Z", "2026-11-27T10:00:00Z"], True),
        (["2026-11-27T10:00:00Z", "2026-11-28T10:00:00Z"], False),
        (["2026-11-28", "2026-11-28T10:00:00Z", "2026-11-27"], True),
        (["2026-11-28T10:00:00Z", "2026-11-28T10:00:00Z"], True),
        (["2026-11-28T10:00:00+02:00", "2026-11-28T07:59:00Z"], True),
        (["2026-11-28T10:00:00Z", None, "soon", "2026-11-27T10:00:00Z"], True),
        (["2026-11", "2026-11-05T10:00:00Z"], True),
        ([], True),
    ],
)
def test_whether_results_are_newest_first(times, expected):
    assert suffices(BY_KEY["results"], dated(*times), NOW) is expected


@pytest.mark.parametrize(
    ("times", "expected"),
    [
        (["2026-11-28T10:00:00Z", "2026-11-25T11:59:00Z"], True),
        (["2026-11-28T10:00:00Z", "2026-11-25T12:01:00Z"], False),
        (["2026-11-25T11:59:00Z", "2026-11-28T10:00:00Z"], False),
        ([], False),
    ],
)
def test_doses_have_to_reach_back(times, expected):
    doses = dated(*times, kind="MedicationAdministration")
    assert suffices(BY_KEY["administrations"], doses, NOW) is expected


def test_enough_is_as_many_as_are_asked_for_of_what_is_asked_for():
    asked = BY_KEY["encounters"]
    running = {"resourceType": "Encounter", "status": "in-progress", "period": {"start": "2026-11-28"}}
    assert is_enough(asked, [running] * asked.count, NOW)
    assert not is_enough(asked, [running] * (asked.count - 1), NOW)
    assert not is_enough(asked, [{**running, "status": "finished"}] * asked.count, NOW)
    assert not is_enough(BY_KEY["conditions"], [{"resourceType": "Condition"}] * 500, NOW)
