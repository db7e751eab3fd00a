"""What names another patient than the call does is never left out in silence: on every hook, of every list."""

from copy import deepcopy

import pytest

from cds_service.run.settings import MissingData
from tests.service.test_failed_keys import BY_HOOK, answered
from tests.service.test_vignettes import request_of

CHART = {
    "setting": "inpatient",
    "magnesium": 2.0,
    "labs": {"egfr": 85, "potassium": 4.2},
    "conditions": ["I10"],
    "medications": ["metformin 500 mg tablet"],
}
ORDERS = {"order-select": "draftOrders", "order-sign": "draftOrders", "medication-refill": "medications"}
DRAFTS = ["omeprazole 20 mg capsule", "paracetamol 500 mg tablet"]
LISTS = ("magnesium", "results", "conditions", "medications")


def request(hook, drafts=()):
    """A request of a hook about a patient with a normal magnesium."""
    body = request_of({**CHART, "hook": hook, "drafts": list(drafts)})
    body["context"] |= {"userId": "Practitioner/1", "encounterId": "e1"}
    if hook == "medication-refill":
        body["context"]["medications"] = body["context"].pop("draftOrders", {"resourceType": "Bundle", "entry": []})
    return body


def of_another(bundle, first=0):
    """The bundle with entries from the first on that name another patient."""
    found = deepcopy(bundle)
    for entry in found["entry"][first:]:
        entry["resource"]["subject"] = {"reference": "Patient/somebody-else"}
    return found


def said(answer):
    """All that a client is told."""
    cards = answer.payload.get("cards", [])
    return " ".join([c["summary"] + c["detail"] for c in cards] + [str(answer.payload.get("issue", ""))])


@pytest.mark.parametrize("first", [0, 1], ids=["all", "one"])
@pytest.mark.parametrize("hook", ORDERS)
def test_orders_for_another_patient_are_told_by_a_card(hook, first):
    body, key = request(hook, DRAFTS), ORDERS[hook]
    body["context"][key] = of_another(body["context"][key], first)
    for missing_data in MissingData:
        answer = answered(body, missing_data)
        assert answer.status == 200
        assert f"{2 - first} of 2" in said(answer) and "Wrong patient?" in said(answer)
        assert "somebody-else" not in said(answer)


@pytest.mark.parametrize("hook", sorted(set(BY_HOOK) - set(ORDERS)))
@pytest.mark.parametrize("key", LISTS)
@pytest.mark.parametrize("also_own", [False, True])
def test_entries_of_another_patient_are_told_where_a_chart_is_judged(hook, key, also_own):
    body = request(hook)
    own = body["prefetch"][key]
    body["prefetch"][key] = of_another({**own, "entry": own["entry"] * 2}, 1) if also_own else of_another(own)
    for missing_data in MissingData:
        assert "another patient" in said(answered(body, missing_data))


@pytest.mark.parametrize("hook", ORDERS)
@pytest.mark.parametrize("key", LISTS)
def test_entries_of_another_patient_are_told_beside_an_order_that_concerns_magnesium(hook, key):
    body = request(hook, DRAFTS)
    body["prefetch"][key] = of_another(body["prefetch"][key])
    for missing_data in MissingData:
        assert "another patient" in said(answered(body, missing_data))


@pytest.mark.parametrize("hook", sorted(BY_HOOK))
def test_of_what_all_is_about_the_patient_nothing_is_told(hook):
    assert "another patient" not in said(answered(request(hook, DRAFTS if hook in ORDERS else ())))
