"""The allergy list: what the client does not send is asked of its server last, and only where it matters."""

from cards import INPUTS
from tests.calls import cards, searchset
from tests.fhir.conftest import Service, complete, lacking
from tests.fhir.stub import Stub, answers_of

LONG_S = 30.0
RECORDED = {
    "resourceType": "AllergyIntolerance",
    "id": "a1",
    "type": "allergy",
    "code": {"text": "Magnesium sulfate"},
    "reaction": [{"manifestation": [{"text": "Hives"}]}],
}


def body_with(templates, magnesium=None, *entries):
    """A chart opened, with an allergy list of these entries; `magnesium` in place of every result of it."""
    body = complete("patient-view", templates)
    subject = {"reference": f"Patient/{body['context']['patientId']}"}
    body["prefetch"]["allergies"] = searchset(*({**entry, "patient": subject} for entry in entries))
    for entry in body["prefetch"]["magnesium"]["entry"]:
        if magnesium is not None:
            entry["resource"]["valueQuantity"]["value"] = magnesium
    return body


def asked_of(server):
    """The paths that were asked for."""
    return [path for _, path, _ in server.log]


def answered(runtime, templates, body, keys=("allergies",), **options):
    """The cards, and what the server was asked, where some keys are left to it."""
    with Stub(answers_of(body, templates), **options) as server:
        service = Service(runtime, [server.base], LONG_S, LONG_S)
        found = cards(service.post(lacking(body, keys, base=server.base)))
        return str(found), asked_of(server)


def test_a_low_level_asks_for_the_allergy_list_and_is_answered_by_it(runtime, templates):
    found, asked = answered(runtime, templates, body_with(templates, None, RECORDED))
    assert "allergy to magnesium sulfate (hives)" in found and len(asked) == 1 and "AllergyIntolerance" in asked[0]


def test_an_empty_list_changes_nothing(runtime, templates):
    found, asked = answered(runtime, templates, body_with(templates))
    usual, _ = answered(runtime, templates, body_with(templates), keys=())
    assert "llerg" not in found and len(asked) == 1
    assert found.count("MedicationRequest") == usual.count("MedicationRequest") > 0


def test_a_normal_level_asks_for_nothing(runtime, templates):
    assert answered(runtime, templates, body_with(templates, 2.0, RECORDED)) == ("[]", [])


def test_what_the_client_sends_is_not_asked_for_again(runtime, templates):
    found, asked = answered(runtime, templates, body_with(templates, None, RECORDED), keys=())
    assert "hives" in found and not asked


def test_with_everything_left_to_the_server_it_is_asked_last(runtime, templates):
    found, asked = answered(runtime, templates, body_with(templates, None, RECORDED), keys=None)
    first = len([asked for asked in INPUTS if not asked.second_look])
    assert "hives" in found and any("AllergyIntolerance" in path for path in asked[first:])


def test_a_query_that_fails_is_told_and_is_not_none(runtime, templates):
    body = body_with(templates, None, RECORDED)
    found, asked = answered(runtime, templates, body, fault="drop")
    assert asked and "allergy list" in found


def test_a_token_that_may_not_read_it_is_answered_as_usual(runtime, templates):
    body = body_with(templates, None, RECORDED)
    with Stub(answers_of(body, templates)) as server:
        service = Service(runtime, [server.base], LONG_S, LONG_S)
        call = lacking(body, ["allergies"], base=server.base, scope="patient/Observation.rs patient/Condition.rs")
        assert "llerg" not in str(cards(service.post(call))) and not server.log
