"""The service agrees with itself: what it suggests, sent back as a draft on the same chart, is accepted in silence."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.model import Card, Problem
from tests.cards import answer
from tests.cards.chart import Json, cases, decide, snapshot
from tests.cards.patients import charts, treatable
from tests.cards.test_properties import examples

# what a card about a drafted order is about; what magnesium meets in the gut or vein is told with the suggestion too
_OBJECTIONS = frozenset({Problem.DRAFT_MAGNESIUM, Problem.DRAFT_QT, Problem.DRAFT_DEPLETES})
ALL = [pytest.param(case["chart"], id=f"{rule}-{case['name']}") for rule, case in cases()]


@pytest.mark.parametrize("chart", ALL)
def test_what_a_case_suggests_is_accepted(chart: Json) -> None:
    assert_accepted(chart)


@examples
@given(st.one_of(charts(), treatable(), treatable()))
def test_what_any_patient_is_offered_is_accepted(chart: Json) -> None:
    assert_accepted(chart)


def assert_accepted(chart: Json) -> None:
    """Each suggestion alone, as the one draft that is signed."""
    shot = snapshot(chart)
    for card in decide(shot).cards:
        for suggestion in answer.suggestions(card):
            signed = replace(shot, hook="order-sign", drafts=_orders(suggestion), selections=None)
            objections = [c for c in decide(signed).cards if c.problem in _OBJECTIONS]
            assert not objections, f"{suggestion['label']}: {_told(objections)}"


def _orders(suggestion: Json) -> list[Json]:
    created = [a["resource"] for a in suggestion["actions"] if a["type"] == "create"]
    medicines = [r for r in created if r["resourceType"] == "MedicationRequest"]
    return [{**r, "id": f"own-{n}"} for n, r in enumerate(medicines)]


def _told(found: list[Card]) -> Any:
    return [answer.text_of(c) for c in found]
