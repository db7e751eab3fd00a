"""What an answer orders fits together: no test twice, each with a time, no suggestion against another."""

from collections import Counter
from datetime import datetime, timedelta
from itertools import combinations
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cards.model import Card, Decision
from tests.cards import answer
from tests.cards.chart import NOW, Json, decide, snapshot
from tests.cards.each_case import ask_each, of_every_rule
from tests.cards.patients import charts, treatable
from tests.cards.test_order_templates import valid
from tests.cards.test_properties import examples


@of_every_rule
def test_the_orders_of_a_case_fit(rule: str) -> None:
    ask_each(rule, lambda case: assert_fit(case.chart, case.as_shipped))


@examples
@given(st.one_of(charts(), treatable()))
def test_the_orders_for_any_patient_fit(chart: Json) -> None:
    assert_fit(chart, decide(snapshot(chart)))


def assert_fit(chart: Json, decision: Decision) -> None:
    """All that is asked of the orders of an answer."""
    found = decision.cards
    counted = Counter(test for card in found for test in ordered_by(card))
    assert [test for test, times in counted.items() if times > 1] == []
    for card in found:
        assert len(str(card.body["summary"])) < 140
        assert contradictions(card) == []
        for action in answer.actions([card]):
            assert_placeable(action, chart)


def ordered_by(card: Card) -> list[str]:
    """The tests that a card orders; of alternatives, of which one is taken, each once."""
    listed = [code_of(a) for a in answer.actions([card]) if is_test(a)]
    return list(dict.fromkeys(listed)) if card.body.get("selectionBehavior") == "at-most-one" else listed


def is_test(action: Json) -> bool:
    """Whether an action orders a test."""
    return action["type"] == "create" and action["resource"]["resourceType"] == "ServiceRequest"


def code_of(action: Json) -> str:
    """The code of the test that an action orders."""
    return str(action["resource"]["code"]["coding"][0]["code"])


def contradictions(card: Card) -> list[str]:
    """Suggestions that may be taken together and touch the same order; removals that order tests."""
    listed = answer.suggestions(card)
    found = [str(s["label"]) for s in listed if removes_and_looks_after(s)]
    if card.body.get("selectionBehavior") == "any":
        pairs = combinations(listed, 2)
        found += [f"{one['label']} and {other['label']}" for one, other in pairs if touched(one) & touched(other)]
    return found


def touched(suggestion: Json) -> set[str]:
    """The orders that a suggestion removes, and the products and tests that it adds."""
    made = (a["resource"] for a in suggestion["actions"] if a["type"] == "create")
    added = {str((r.get("code") or r["medicationCodeableConcept"])["text"]) for r in made}
    return added | set(filter(None, map(answer.removed, suggestion["actions"])))


def removes_and_looks_after(suggestion: Json) -> bool:
    """Whether a suggestion removes an order, puts nothing in its place, and orders tests."""
    kinds = [a["resource"]["resourceType"] for a in suggestion["actions"] if a["type"] == "create"]
    return any(map(answer.removed, suggestion["actions"])) and "ServiceRequest" in kinds and len(set(kinds)) == 1


def assert_placeable(action: Json, chart: Json) -> None:
    """What a record system needs to place an order without asking."""
    if action["type"] != "create":
        return
    order: Any = action["resource"]
    assert valid(order)
    assert ("encounter" in order) is ("setting" in chart)
    assert order["authoredOn"]
    assert ("requester" in order) is chart.get("user", True)
    if is_test(action):
        assert order.get("reasonReference") or order.get("reasonCode")
        if "before the next dose" in order["note"][0]["text"]:  # whose day nobody knows
            assert not {"occurrencePeriod", "occurrenceDateTime", "priority"} & order.keys()
            return
        start, end = times(order)
        assert NOW.date() <= start.date() <= end.date() <= (NOW + timedelta(days=15)).date()
        assert (order.get("priority") in ("stat", "asap")) is (start == end == NOW)
    else:
        assert ("dispenseRequest" in order) <= _takes_it_home(chart)


def _takes_it_home(chart: Json) -> bool:
    return chart.get("hook") == "encounter-discharge" or chart.get("setting") not in ("inpatient", "emergency")


def times(order: Json) -> tuple[datetime, datetime]:
    """From when until when a test is due."""
    period = order.get("occurrencePeriod") or dict.fromkeys(("start", "end"), order.get("occurrenceDateTime"))
    start, end = (datetime.fromisoformat(str(period[side])) for side in ("start", "end"))
    zone = NOW.tzinfo
    return (start, end) if start.tzinfo else (start.replace(tzinfo=zone), end.replace(tzinfo=zone))
