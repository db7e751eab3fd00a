"""The service agrees with itself: what it suggests is accepted in silence, as a draft and as an order in force."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cards import Snapshot
from cards.model import About, Card, Decision, Problem
from tests.cards import answer
from tests.cards.chart import ABOUT, Json, decide, knowledge_of, snapshot
from tests.cards.each_case import ask_each, of_every_rule
from tests.cards.patients import charts, treatable
from tests.cards.test_properties import examples

# what a card about a drafted order is about; what magnesium meets in the gut or vein is told with the suggestion too
_OBJECTIONS = frozenset({Problem.DRAFT_MAGNESIUM, Problem.DRAFT_QT, Problem.DRAFT_DEPLETES})


@of_every_rule
def test_what_a_case_suggests_is_accepted(rule: str) -> None:
    ask_each(rule, lambda case: assert_accepted(case.chart, case.decision))


@examples
@given(st.one_of(charts(), treatable(), treatable()))
def test_what_any_patient_is_offered_is_accepted(chart: Json) -> None:
    assert_accepted(chart)


def assert_accepted(chart: Json, decision: Decision | None = None) -> None:
    """Each suggestion alone, as the drafts that are signed; then all of a card as orders in force."""
    shot, known = snapshot(chart), knowledge_of(chart)
    for card in (decision or decide(shot, known=known)).cards:
        for suggestion in answer.suggestions(card):
            signed = replace(
                shot, hook="order-sign", about=ABOUT["order-sign"], drafts=_orders(suggestion), selections=None
            )
            told = decide(signed, known=known).cards
            objections = [c for c in told if c.problem in _OBJECTIONS]
            assert not objections, f"{suggestion['label']}: {_told(objections)}"
            assert_not_ordered_again(told, signed.drafts, suggestion)
        in_force = [{**r, "status": "active", "intent": "order"} for s in _taken(card) for r in _orders(s)]
        seen = in_force if shot.about is About.PATIENT and "medications" not in shot.missing else _tests(in_force)
        assert_not_ordered_again(decide(with_orders(shot, seen), known=known).cards, seen, f"{card.rules} in force")


def _tests(orders: Iterable[Json]) -> list[Json]:
    return [r for r in orders if r["resourceType"] == "ServiceRequest"]


def assert_not_ordered_again(told: Iterable[Card], orders: Sequence[Json], why: object) -> None:
    """No test, and no magnesium by the same route, that stands already."""
    again = {_kind(a["resource"]) for a in answer.actions(told) if a["type"] == "create"}
    assert again.isdisjoint(map(_kind, orders)), why


def with_orders(shot: Snapshot, orders: list[Json]) -> Snapshot:
    """The same call for a chart on which these stand too."""
    keys = {"MedicationRequest": "medications", "ServiceRequest": "ordered_tests"}
    more = {key: [r for r in orders if r["resourceType"] == kind] for kind, key in keys.items()}
    resources = {**shot.resources, **{key: [*shot.resources.get(key, ()), *made] for key, made in more.items()}}
    return replace(shot, resources=resources)


def _taken(card: Card) -> list[Json]:
    """All suggestions that may be taken together."""
    listed = answer.suggestions(card)
    return listed if card.body.get("selectionBehavior") == "any" else listed[:1]


def _kind(order: Json) -> str:
    if order["resourceType"] == "ServiceRequest":
        return str(order["code"]["coding"][0]["code"])
    return "iv" if answer.is_intravenous(order) else answer.code_of(order)


def _orders(suggestion: Json) -> list[Json]:
    created = [a["resource"] for a in suggestion["actions"] if a["type"] == "create"]
    return [{**r, "id": f"own-{suggestion['uuid'][-3:]}-{n}"} for n, r in enumerate(created)]


def _told(found: list[Card]) -> Any:
    return [answer.text_of(c) for c in found]


def test_what_is_ordered_and_taken_is_not_said_again() -> None:
    shot = snapshot({"magnesium": 1.5, "setting": "ambulatory", "labs": {"egfr": 90}})
    [card] = decide(shot).cards
    in_force = [{**r, "status": "active", "intent": "order"} for s in _taken(card) for r in _orders(s)]
    assert decide(with_orders(shot, in_force)).cards == ()
    medicine = [r for r in in_force if r["resourceType"] == "MedicationRequest"]
    assert decide(with_orders(shot, medicine)).cards
