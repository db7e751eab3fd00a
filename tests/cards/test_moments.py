"""What is drafted when a patient goes home or a prescription is renewed fits the moment (clinical rule s.14)."""

from typing import Any

import pytest

from tests.cards.chart import Json, decide, snapshot

HOME: Json = {
    "hook": "encounter-discharge",
    "setting": "inpatient",
    "labs": {"egfr": 85},
    "magnesium": {"value": 0.55, "unit": "mmol/L"},
    "medications": [{"text": "Atorvastatin 20 mg", "category": "discharge"}],
}
RENEWAL: Json = {
    "hook": "medication-refill",
    "drafts": ["Magnesium oxide 400 mg tablet"],
    "magnesium": {"value": 1.3, "unit": "mmol/L", "hours_ago": 500},
}


def actions(chart: Json) -> list[Any]:
    """Every action of the one card."""
    (card,) = decide(snapshot(chart)).cards
    body: Any = card.body
    return [action for suggestion in body["suggestions"] for action in suggestion["actions"]]


def resources(chart: Json, kind: str) -> list[Any]:
    """The drafted resources of a type."""
    drafted = (action["resource"] for action in actions(chart) if action["type"] == "create")
    return [resource for resource in drafted if resource["resourceType"] == kind]


def test_the_recheck_is_a_period_of_days_after_going_home() -> None:
    periods = [test["occurrencePeriod"] for test in resources(HOME, "ServiceRequest")]
    assert periods == [{"start": "2026-11-26", "end": "2026-11-30"}] * 2
    assert not any("priority" in test for test in resources(HOME, "ServiceRequest"))


def test_tablets_are_dispensed_and_stand_on_the_list_of_what_goes_home() -> None:
    (tablets,) = resources(HOME, "MedicationRequest")
    assert tablets["dispenseRequest"]["expectedSupplyDuration"]["value"] == 14
    assert [coding["code"] for concept in tablets["category"] for coding in concept["coding"]] == ["discharge"]


def test_tablets_in_hospital_are_neither() -> None:
    (tablets,) = resources({**HOME, "hook": "patient-view"}, "MedicationRequest")
    assert not {"dispenseRequest", "category"} & tablets.keys()


def test_a_test_whose_hour_nobody_knows_names_none() -> None:
    cetuximab = [{"text": "Cetuximab", "category": "discharge"}]
    (test,) = resources({**HOME, "magnesium": 2.1, "medications": cetuximab}, "ServiceRequest")
    assert not {"occurrencePeriod", "occurrenceDateTime", "priority"} & test.keys()
    assert "before the next dose" in test["note"][0]["text"]


@pytest.mark.parametrize("user", [True, False])
def test_a_renewal_is_removed_by_a_click_only_where_a_user_is(user: bool) -> None:
    kinds = {action["type"] for action in actions({**RENEWAL, "user": user})}
    assert kinds == ({"create", "delete"} if user else {"create"})


def test_the_text_is_the_same_without_a_user() -> None:
    (one,), (other,) = (decide(snapshot({**RENEWAL, "user": user})).cards for user in (True, False))
    assert one.body["detail"] == other.body["detail"]
    assert one.body["summary"] == other.body["summary"]


def test_a_renewal_with_a_level_is_left_as_it_is() -> None:
    chart = {"hook": "medication-refill", "drafts": ["Magnesium oxide 400 mg tablet"], "labs": {"egfr": 85}}
    assert {action["type"] for action in actions(chart)} == {"create"}
    assert not resources(chart, "MedicationRequest")


@pytest.mark.parametrize("hook", ["encounter-discharge", "medication-refill"])
def test_one_card_at_most(hook: str) -> None:
    drugs = ("Furosemide 40 mg", "Sotalol 80 mg", "Tacrolimus 1 mg", "Magnesium oxide 400 mg tablet")
    taken = [{"text": text, "category": "discharge", "days": 400} for text in drugs]
    chart = {**HOME, "hook": hook, "labs": {"egfr": 12}, "medications": taken}
    assert len(decide(snapshot(chart | ({"drafts": list(drugs)} if hook == "medication-refill" else {}))).cards) == 1
