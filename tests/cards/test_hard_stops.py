"""A hard stop stands in one table: where its row says something else, the open chart and the review of an order do."""

from dataclasses import replace
from typing import Any

import pytest

from cards import Knowledge
from cards.terms.systems import ICD10
from tests.cards.chart import Json, decide, knowledge, snapshot

ELSEWHERE = "burn"
IV = {"text": "magnesium sulfate 2 g IV", "route": "intravenous", "dose": [2, "g"], "minutes": 120}
STOPS = {name: stop for name, stop in knowledge().hard_stops.items() if stop.condition and not stop.caution}


def chart(category: str, **more: Any) -> Json:
    """A low level, and one condition by a code of ours."""
    codes = knowledge().terminology.condition_codes
    told = (code for (system, code), found in codes.items() if system == ICD10 and found == (category,))
    code = next(f"{code[:3]}.{code[3:]}" for code in told if len(code) > 3)
    low = {"setting": "inpatient", "magnesium": {"value": 0.45, "unit": "mmol/L"}, "labs": {"egfr": 80}}
    return {**low, "conditions": [{"code": code, "hours": 1}], **more}


def moved(name: str) -> Knowledge:
    """The knowledge in which another condition is the stop."""
    stops = {**knowledge().hard_stops, name: replace(STOPS[name], condition=ELSEWHERE)}
    return replace(knowledge(), hard_stops=stops)


def stops(name: str, told: Json, known: Knowledge) -> tuple[bool, bool]:
    """Whether the stop is told as the chart is opened, and whether a drafted infusion is said to be unsafe."""
    opened = decide(snapshot(told), known=known).cards
    signed = decide(snapshot({**told, "drafts": [IV]}), known=known).cards
    names = [{rule for card in cards for rule in card.rules} for cards in (opened, signed)]
    return f"{name}_forbids_iv" in names[0], "draft_magnesium_is_unsafe" in names[1]


@pytest.mark.parametrize("name", STOPS)
def test_both_moments_read_the_row(name: str) -> None:
    on_record, elsewhere = chart(STOPS[name].condition), chart(ELSEWHERE)
    assert stops(name, on_record, knowledge()) == (True, True)
    assert stops(name, on_record, moved(name)) == (False, False)
    assert stops(name, elsewhere, knowledge()) == (False, False)
    assert stops(name, elsewhere, moved(name)) == (True, True)
