"""CDS Hooks, chapter R: the response."""

import pytest

from cds_service.demo import demo_requests
from cds_service.web.runtime import utc_now
from tests.calls import SERVICE_OF, cards, magnesium, patient_view, post, request_for, sandbox_bodies, searchset
from tests.spec.checks import violations

HOOKS = tuple(SERVICE_OF)


@pytest.fixture(scope="module", params=HOOKS)
def payload(request, client):
    answer = post(client, request_for(request.param), SERVICE_OF[request.param])
    assert cards(answer)
    return answer.get_json()


def test_r1_no_guidance_is_an_empty_list(client):
    body = patient_view(magnesium=searchset(magnesium(2.0)), medications=searchset(), conditions=searchset())
    body["prefetch"].update(electrolytes=searchset(), renal=searchset())
    assert post(client, body).get_json() == {"cards": []}


def test_r1_at_most_three_cards(payload):
    assert 1 <= len(payload["cards"]) <= 3


def test_r2_summary_indicator_and_source(payload):
    assert violations(payload, "R2") == []


def test_r3_uuids_and_detail(payload):
    assert violations(payload, "R3") == []
    assert all(card["uuid"] and card["detail"] for card in payload["cards"])


def test_r4_selection_behavior(payload):
    assert violations(payload, "R4") == []


def test_r4_of_a_drug_that_is_drafted_twice_one_replacement_is_recommended(client):
    body = demo_requests(utc_now())["2-order-select.json"]
    context = body["context"]
    (entry, *_) = context["draftOrders"]["entry"]
    context["draftOrders"]["entry"] = [{"resource": {**entry["resource"], "id": name}} for name in ("a", "b")]
    context["selections"] = ["MedicationRequest/a", "MedicationRequest/b"]
    told = [
        card["suggestions"] for card in cards(post(client, body, SERVICE_OF["order-select"])) if "suggestions" in card
    ]
    assert [len(listed) > 1 for listed in told] == [True]
    assert [one.get("isRecommended", False) for one in told[0]].count(True) == 1


def test_r5_r7_suggestions(payload):
    assert violations(payload, "R5", "R7") == []


def test_r6_actions(payload):
    assert violations(payload, "R6") == []


def test_r8_override_reasons(payload):
    assert violations(payload, "R8") == []


def test_r9_links(payload):
    assert violations(payload, "R9") == []


def test_r10_sources(payload):
    assert violations(payload, "R10") == []


@pytest.mark.parametrize(
    ("name", "body"), sandbox_bodies("hook"), ids=lambda value: value if isinstance(value, str) else ""
)
def test_every_captured_sandbox_request_is_answered_in_conformance(client, card_client, name, body):
    service = SERVICE_OF["patient-view" if name.startswith("72") else body["hook"]]
    answer = post(client, body, service)
    if "no-context" in name:  # the Sandbox forgets the drafts when its tab is clicked again
        assert answer.status_code == 400
        return
    # one that found nothing at all, and asked for no medications by a key of ours, cannot tell either
    knows = "magnesium" in body.get("prefetch", {}) and not name.startswith("70")
    assert answer.status_code == (200 if knows else 412)
    told = post(card_client, body, service)
    assert violations({"cards": cards(told)}) == []
