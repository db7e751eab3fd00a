"""Ids as record systems write them: any length and sign, and none that leaves its place."""

import json

import pytest

from cds_service.call.fhir_access import request_of
from tests.calls import cards, diagnostics, post, request_for

LONG = "tKp0-" + "Ab3.x-" * 31
IDS = [LONG, "x" * 512, "a_b", "é", "1/2+3==", "a:b|c", "~1$", "%2e", "t,1"]


def renamed(hook, ident):
    """The request of an order hook whose first draft has another id, and is selected by it."""
    body = request_for(hook)
    draft = body["context"]["draftOrders"]["entry"][0]["resource"]
    draft["id"] = ident
    if "selections" in body["context"]:
        body["context"]["selections"] = [f"{draft['resourceType']}/{ident}"]
    return body


def references(told):
    """What the actions of the cards name to be deleted."""
    actions = [a for card in told for s in card.get("suggestions", ()) for a in s["actions"]]
    return [a["resourceId"] for a in actions if a["type"] == "delete"]


def words(told):
    """What the cards say."""
    return [card["summary"] for card in told]


@pytest.mark.parametrize("ident", IDS)
@pytest.mark.parametrize("hook", ["order-select", "order-sign"])
def test_a_draft_is_judged_alike_whatever_its_id(client, hook, ident):
    service = f"magnesium-{hook}"
    assert words(cards(post(client, renamed(hook, ident), service))) == words(
        cards(post(client, request_for(hook), service))
    )


@pytest.mark.parametrize("ident", IDS)
def test_a_draft_is_removed_by_its_id_whatever_it_looks_like(client, ident):
    told = cards(post(client, renamed("order-select", ident), "magnesium-order-select"))
    assert references(told) == [f"MedicationRequest/{ident}"]


@pytest.mark.parametrize("ident", IDS)
def test_a_bare_selection_names_its_draft(client, ident):
    body = renamed("order-select", ident)
    other = {**body["context"]["draftOrders"]["entry"][0]["resource"], "id": "another"}
    other["medicationCodeableConcept"] = {"text": "paracetamol 500 mg tablet"}
    body["context"]["draftOrders"]["entry"].append({"resource": other})
    body["context"]["selections"] = [ident]
    assert words(cards(post(client, body, "magnesium-order-select")))
    body["context"]["selections"] = ["another"]
    assert not cards(post(client, body, "magnesium-order-select"))


@pytest.mark.parametrize("ident", ["x" * 513, "a\nb", "a b", "\u202ea", "..", "."])
def test_what_is_no_id_is_never_repeated(client, ident):
    assert references(cards(post(client, renamed("order-select", ident), "magnesium-order-select"))) == []


@pytest.mark.parametrize("ident", IDS)
def test_a_patient_is_asked_for_by_his_id_alone(client, ident):
    body = request_for("patient-view")
    mine = body["context"]["patientId"]
    text = json.dumps(body).replace(f"Patient/{mine}", f"Patient/{ident}")
    body = json.loads(text)
    body["context"]["patientId"] = body["prefetch"]["patient"]["id"] = ident
    assert words(cards(post(client, body))) == words(cards(post(client, request_for("patient-view"))))


def test_an_id_adds_nothing_to_a_search():
    request = request_of("Condition?patient={{context.patientId}}&_count=9", "1,2|3&code=x")
    assert request.pairs == (("patient", "1\\,2\\|3&code=x"), ("_count", "9"))
    assert request_of("Patient/{{context.patientId}}", "a/../b?x#y").path == "Patient/a%2F..%2Fb%3Fx%23y"


@pytest.mark.parametrize("ident", ["", " ", "..", "x" * 513])
def test_a_patient_without_an_id_is_refused(client, ident):
    body = request_for("patient-view")
    body["context"]["patientId"] = ident
    assert "patientId" in diagnostics(post(client, body), 400)
