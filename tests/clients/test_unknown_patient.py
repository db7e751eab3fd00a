"""A patient whom the server does not know is told on every hook: a wrong id or the wrong server is no all-clear."""

import pytest

from cards import SERVICES
from cards.model import About
from tests.calls import cards, diagnostics, outcome, post, request_for, searchset

HOOKS = [service.hook for service in SERVICES]
PATIENT = "demo-heart"
EMPTY = ("magnesium", "medications", "administrations", "statements", "conditions", "results")
PARACETAMOL = {
    "resourceType": "MedicationRequest",
    "id": "d1",
    "status": "draft",
    "intent": "order",
    "medicationCodeableConcept": {"text": "paracetamol 500 mg tablet"},
    "subject": {"reference": f"Patient/{PATIENT}"},
}
MISSING = {
    "no patient": None,
    "null": {"patient": None},
    "outcome": {"patient": outcome()},
    "wrapped": {"patient": {"response": {"status": "404"}}},
}


def asked(hook, patient):
    """A call with an order that has nothing to do with magnesium, every list empty."""
    body = request_for(hook)
    body["context"]["patientId"] = PATIENT
    if hook != "patient-view":
        orders = "medications" if hook == "medication-refill" else "draftOrders"
        body["context"][orders] = searchset(PARACETAMOL)
    if hook == "order-select":
        body["context"]["selections"] = ["MedicationRequest/d1"]
    empty = (*EMPTY, "encounters", "ordered_tests")
    body["prefetch"] = {key: searchset() for key in empty} | (patient or {})
    return body


@pytest.mark.parametrize("patient", MISSING.values(), ids=MISSING)
@pytest.mark.parametrize("hook", HOOKS)
def test_every_key_empty_and_no_patient(client, card_client, hook, patient):
    body, service = asked(hook, patient), f"magnesium-{hook}"
    assert "prefetch patient" in diagnostics(post(client, body, service), 412)
    (card,) = cards(post(card_client, body, service))
    assert "no record of this patient" in card["summary"] and "not an all-clear" in card["detail"]
    assert "suggestions" not in card


@pytest.mark.parametrize("hook", HOOKS)
def test_a_known_patient_with_empty_lists_is_all_clear(client, hook):
    known = {"patient": {"resourceType": "Patient", "id": PATIENT, "gender": "female", "birthDate": "1960-01-01"}}
    assert cards(post(client, asked(hook, known), f"magnesium-{hook}")) == []


@pytest.mark.parametrize("hook", ["order-select", "order-sign"])
def test_of_orders_a_patient_of_whom_anything_came_is_known(client, hook):
    body = asked(hook, None)
    condition = {
        "resourceType": "Condition",
        "id": "c",
        "code": {"text": "asthma"},
        "subject": {"reference": f"Patient/{PATIENT}"},
    }
    body["prefetch"]["conditions"] = searchset(condition)
    assert cards(post(client, body, f"magnesium-{hook}")) == []


def test_what_can_be_said_is_said_without_the_patient(client):
    body = request_for("patient-view")
    body["prefetch"]["patient"] = None
    assert "no record" not in str([card["summary"] for card in cards(post(client, body))])


@pytest.mark.parametrize("hook", [service.hook for service in SERVICES if service.about is About.ORDERS])
def test_what_is_said_of_an_order_does_not_hide_that_nobody_knows_the_patient(client, hook):
    body = asked(hook, None)
    oxide = {**PARACETAMOL, "medicationCodeableConcept": {"text": "magnesium oxide 400 mg tablet"}}
    key = "medications" if hook == "medication-refill" else "draftOrders"
    body["context"][key] = searchset(oxide)
    told = [card["summary"] for card in cards(post(client, body, f"magnesium-{hook}"))]
    assert any("no record of this patient" in summary for summary in told)
    assert any("magnesium oxide" in summary.lower() for summary in told)
