"""An emergency is offered its load while the day has room for it: at, below and above 20 g (clinical rule s.2.7)."""

import pytest

from tests.cards.chart import decide, snapshot


@pytest.mark.parametrize(("grams", "offered"), [(17.9, True), (18, True), (18.1, False), (24, False)])
def test_the_load_fits_into_the_day(grams, offered):
    given = {"text": "magnesium sulfate", "route": "intravenous", "dose": [grams, "g"], "given": True}
    chart = {
        "patient": {"age": 58},
        "setting": "inpatient",
        "labs": {"egfr": 70},
        "conditions": [{"code": "I47.21", "hours": 1}],
        "medications": [{**given, "hours": 20, "until_hours": 10}],
    }
    labels = [s["label"] for card in decide(snapshot(chart)).cards for s in card.body.get("suggestions", [])]
    assert any(label.startswith("Magnesium sulfate 2 g IV") for label in labels) is offered
