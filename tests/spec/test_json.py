"""CDS Hooks, chapter J: JSON."""

import pytest

from cds_service.conformance.answers import empty_values
from tests.calls import SERVICE_OF, cards, post, request_for
from tests.spec.checks import violations


@pytest.mark.parametrize("hook", SERVICE_OF)
def test_j1_nothing_in_an_answer_is_empty(client, hook):
    answer = post(client, request_for(hook), SERVICE_OF[hook])
    assert cards(answer)
    assert list(empty_values(answer.get_json())) == []


def test_j1_nothing_in_discovery_is_empty(client):
    assert list(empty_values(client.get("/cds-services").get_json())) == []


def test_j1_the_check_sees_every_kind_of_nothing():
    wrong = {"a": None, "b": [""], "c": {"d": {}, "e": []}, "cards": [], "f": 0, "g": False}
    assert [where for where, _ in empty_values(wrong)] == ["a", "b[0]", "c.d", "c.e"]


@pytest.mark.parametrize("hook", SERVICE_OF)
def test_j2_suggested_resources_are_fhir(client, hook):
    assert violations(post(client, request_for(hook), SERVICE_OF[hook]).get_json(), "J2") == []


def test_j3_extensions_are_accepted_anywhere_and_ignored(client):
    plain, extended = request_for("patient-view"), request_for("patient-view")
    extended["extension"] = {"com.example": {"x": [1, None]}}
    extended["context"]["extension"] = {"com.example": True}
    extended["prefetch"]["magnesium"]["extension"] = [{"url": "http://example.com", "valueString": ""}]
    summaries = [[card["summary"] for card in cards(post(client, body))] for body in (plain, extended)]
    assert summaries[0] == summaries[1]
