"""Nothing is advised about somebody who has died, on any hook; the trace says why."""

from dataclasses import replace
from datetime import timedelta

import pytest

from cards.model import Snapshot
from tests.cards.chart import NOW, ago, decide, snapshot

CHARTS = (
    {"setting": "inpatient", "magnesium": 1.1, "labs": {"egfr": 80}},
    {"setting": "inpatient", "magnesium": 1.1, "drafts": ["omeprazole"], "hook": "order-select"},
    {"setting": "inpatient", "magnesium": 1.1, "drafts": ["furosemide"]},
    {"missing": ["magnesium"]},
)


def _with(chart: object, **patient: object) -> Snapshot:
    found = snapshot(chart)  # type: ignore[arg-type]
    return replace(found, resources={**found.resources, "patient": [{**found.resources["patient"][0], **patient}]})


@pytest.mark.parametrize("chart", CHARTS)
@pytest.mark.parametrize(
    "died", [{"deceasedBoolean": True}, {"deceasedDateTime": ago(3)}, {"deceasedDateTime": NOW.date().isoformat()}]
)
def test_nothing_is_said_of_the_dead(chart: object, died: dict[str, object]) -> None:
    decision = decide(_with(chart, **died))
    assert not decision.cards and not decision.cannot_tell
    assert {r.why for r in decision.trace.rules} == {"the patient has died"}


@pytest.mark.parametrize("chart", CHARTS)
@pytest.mark.parametrize(
    "lives",
    [
        {"deceasedBoolean": False},
        {"deceasedBoolean": "true"},
        {"deceasedDateTime": (NOW + timedelta(days=1)).isoformat()},
        {"deceasedDateTime": "unknown"},
    ],
)
def test_the_living_are_advised(chart: object, lives: dict[str, object]) -> None:
    assert decide(_with(chart, **lives)).cards
