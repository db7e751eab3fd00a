"""What is taken at home, told by statements: a cause, oral magnesium, never what runs into a vein."""

from dataclasses import replace
from typing import Any

import pytest

from cards import INPUTS, Snapshot, prefetch_templates
from tests.cards import answer
from tests.cards.chart import decide, knowledge, snapshot

BASIS = {"setting": "ambulatory", "magnesium": 1.4, "labs": {"egfr": 85, "potassium": 4.2}}


def statement(text: str, **more: Any) -> dict[str, Any]:
    """A medicine that somebody says is taken."""
    told = {"resourceType": "MedicationStatement", "id": text[:4], "status": "active", **more}
    return {**told, "medicationCodeableConcept": {"text": text}, "effectivePeriod": {"start": "2025-11-01"}}


def stated(*statements: dict[str, Any], **more: Any) -> Snapshot:
    """The chart with statements under their own key."""
    shot = snapshot({**BASIS, **more})
    return replace(shot, resources={**shot.resources, "statements": statements})


def test_home_medicines_are_asked_for() -> None:
    templates = prefetch_templates(knowledge())
    assert templates["statements"].startswith("MedicationStatement?patient=")


def test_a_home_medicine_is_a_cause_and_a_second_salt_is_not_drafted() -> None:
    cards = decide(stated(statement("omeprazole 20 mg capsule"), statement("magnesium oxide 400 mg tablet"))).cards
    assert "omeprazole" in "\n".join(map(answer.text_of, cards))
    assert not answer.magnesium_orders(cards, iv=False)


@pytest.mark.parametrize("hook", ["order-select", "order-sign"])
def test_a_home_medicine_counts_when_an_order_is_drafted(hook: str) -> None:
    drafted: dict[str, Any] = {"hook": hook, "drafts": ["torsemide 20 mg oral tablet"], "magnesium": 1.8}
    assert not decide(stated(**drafted)).cards
    assert decide(stated(statement("chlorthalidone 25 mg tablet"), **drafted)).cards


@pytest.mark.parametrize("chart", [{}, {"magnesium": 2.0}, {"magnesium": 1.1, "setting": "inpatient"}])
def test_a_record_system_without_home_medicines_gets_the_same_answer(chart: dict[str, Any]) -> None:
    shot = snapshot({**BASIS, **chart})
    absent = replace(shot, missing=frozenset({"statements"}))
    assert [c.body for c in decide(absent).cards] == [c.body for c in decide(shot).cards]


def test_home_medicines_that_failed_are_named_and_hold_no_order_back() -> None:
    shot = snapshot({**BASIS, "magnesium": 1.2, "setting": "inpatient", "failed": ["statements"]})
    (low, *_) = decide(shot).cards
    assert "list of home medicines" in answer.text_of(low)
    assert answer.magnesium_orders([low], iv=True)


def test_a_statement_that_nobody_can_read_is_counted_and_holds_no_iv_order_back() -> None:
    unread = {**statement("x"), "medicationCodeableConcept": {"coding": [{"system": "urn:oid:2.999.9", "code": "7"}]}}
    (low, *_) = decide(stated(unread, magnesium=1.2, setting="inpatient")).cards
    assert "1 of 1 medicines could not be read" in answer.text_of(low)
    assert answer.magnesium_orders([low], iv=True)


def test_the_key_is_optional() -> None:
    asked = next(asked for asked in INPUTS if asked.key == "statements")
    assert asked.offered_only and not asked.required and not asked.indispensable
