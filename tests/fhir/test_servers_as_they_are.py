"""FHIR servers that do not sort, cut their lists, refuse parameters or name a drug by reference only."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
import responses

from cards.chart.inputs import BY_KEY
from cds_service.call.fhir_access.queries import forms, request_of
from cds_service.call.fhir_access.server import MOST_PAGES
from tests.calls import cards, magnesium, outcome, searchset
from tests.cards.chart import knowledge
from tests.fhir.conftest import BASE, TOKEN, Service, complete, lacking, told
from tests.fhir.real_server import RealServer, installed
from tests.fhir.stub import Stub, answers_of
from tests.machine import LONG_S

FHIR = "application/fhir+json"
PATIENT = "demo-heart"
SUBJECT = {"reference": f"Patient/{PATIENT}"}
SLOW = {"deadline": LONG_S, "timeout": LONG_S}
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"


def hours_ago(hours):
    return (datetime.now(UTC) - timedelta(hours=hours)).isoformat(timespec="seconds")


def given(ident, text, hours):
    """A dose that was given."""
    return {
        "resourceType": "MedicationAdministration",
        "id": ident,
        "status": "completed",
        "subject": SUBJECT,
        "medicationCodeableConcept": {"text": text},
        "effectivePeriod": {"start": hours_ago(hours), "end": hours_ago(hours - 0.5)},
    }


def oldest_first(*last):
    """Six weeks of normal results every day, then others: the order of a server that does not sort."""
    normal = [magnesium(2.1, ident=f"m{n}", hours_ago=24 * (46 - n)) for n in range(45)]
    return searchset(*normal, *last)


def view(templates, **prefetch):
    """A request of the patient view with these values in its prefetch."""
    body = complete("patient-view", templates)
    body["prefetch"].update(prefetch)
    return body


def offers_iv(answered):
    """Whether any card offers magnesium into a vein."""
    suggestions = [s for card in answered for s in card.get("suggestions", ())]
    return any(" IV " in suggestion["label"] for suggestion in suggestions)


def answered(runtime, templates, body, **options):
    """The cards when a stub gives everything, and the log of the stub."""
    with Stub(answers_of(body, templates), **options) as server:
        service = Service(runtime, [server.base], **SLOW)
        return cards(service.post(lacking(body, base=server.base))), server.log


@pytest.fixture(scope="module")
def real(request):
    """The real FHIR server."""
    server = RealServer(installed(request.config.cache), TOKEN)
    yield server
    server.stop()


# -- order ------------------------------------------------------------------------------------------------------------
def test_a_server_that_ignores_sort_is_read_on(runtime, templates):
    body = view(templates, magnesium=oldest_first(magnesium(0.9, ident="low", hours_ago=3)))
    found, log = answered(runtime, templates, body, page_size=30)
    assert "0.9" in found[0]["summary"]
    assert [path for method, path, _ in log if "page=" in path]


def test_a_server_that_sorts_is_read_no_further_than_asked(runtime, templates):
    listed = oldest_first(magnesium(0.9, ident="low", hours_ago=3))
    listed["entry"].reverse()
    found, log = answered(runtime, templates, view(templates, magnesium=listed), page_size=30)
    assert "0.9" in found[0]["summary"]
    assert not [path for method, path, _ in log if "page=" in path]


@responses.activate
def test_a_list_without_order_and_end_is_told_as_incomplete(service, templates):
    """Twenty pages of normal results, oldest first: what comes after them may be low."""

    def page(number):
        listed = [magnesium(2.1, ident=f"m{number}", hours_ago=900 - number)]
        return searchset(*listed, link=[{"relation": "next", "url": f"{BASE}?page={number + 1}"}])

    responses.add("POST", f"{BASE}/Observation/_search", json=page(0), content_type=FHIR)
    for number in range(1, MOST_PAGES + 5):
        query = [responses.matchers.query_param_matcher({"page": number})]
        responses.add("GET", BASE, json=page(number), content_type=FHIR, match=query)
    response = service.post(lacking(complete("patient-view", templates), ["magnesium"]))
    assert response.status_code == 412
    assert len(responses.calls) == MOST_PAGES


# -- lists that were cut ----------------------------------------------------------------------------------------------
CUT = [{"total": 60}, {"link": [{"relation": "next", "url": "https://elsewhere.example/r4?page=2"}]}]


@pytest.mark.parametrize("cut", CUT, ids=["total", "next elsewhere"])
@pytest.mark.parametrize(("key", "name"), [("conditions", "problem list"), ("medications", "medication list")])
@responses.activate
def test_a_list_that_the_server_cut_is_told_and_withholds(service, templates, key, name, cut):
    kind = BY_KEY[key].kind.name
    entry = {"resourceType": kind, "id": "x", "subject": SUBJECT, "status": "active", "intent": "order"}
    named = {"code": {"text": "Gout"}, "medicationCodeableConcept": {"text": "paracetamol"}}
    body = view(templates, magnesium=searchset(magnesium(1.1)))
    answer = searchset({**entry, **named}, **cut)
    responses.add("POST", f"{BASE}/{kind}/_search", json=answer, content_type=FHIR)
    found = cards(service.post(lacking(body, [key])))
    assert f"{name} (incomplete)" in str(found)
    assert not offers_iv(found)


@responses.activate
def test_a_supplied_list_that_was_cut_without_a_link_is_asked_for_anew(service, templates):
    body = lacking(view(templates, magnesium=searchset(magnesium(2.1), total=2)), [])
    whole = searchset(magnesium(0.9, ident="low", hours_ago=1), magnesium(2.1), total=2)
    responses.add("POST", f"{BASE}/Observation/_search", json=whole, content_type=FHIR)
    assert "0.9" in cards(service.post(body))[0]["summary"]


def test_more_doses_than_one_page_are_read(runtime, templates):
    """Fifty doses since morning, and before them the magnesium that counts."""
    doses = [given(f"a{n}", "paracetamol 1 g", 1 + n / 10) for n in range(60)]
    magnesium_given = given("mg", "magnesium sulfate 4 g IV", 9)
    body = view(templates, magnesium=searchset(magnesium(1.1)), administrations=searchset(*doses, magnesium_given))
    without = view(templates, magnesium=searchset(magnesium(1.1)), administrations=searchset(*doses))
    found, _ = answered(runtime, templates, body, page_size=50)
    usual, _ = answered(runtime, templates, without, page_size=50)
    assert told(found) != told(usual)
    assert "magnesium sulfate" in str(found).lower()


# -- parameters that a server does not know ---------------------------------------------------------------------------
@pytest.mark.parametrize("refusal", [400, 422, 200])
@pytest.mark.parametrize("unknown", [("_include",), ("_sort", "_include"), ("_sort", "status")])
def test_a_search_that_is_not_understood_is_asked_in_a_simpler_form(runtime, templates, further, unknown, refusal):
    body = complete("patient-view", templates)
    with Stub(answers_of(body, templates | further), unknown=unknown, refusal=refusal) as server:
        service = Service(runtime, [server.base], **SLOW)
        expected = told(cards(service.post(body)))
        assert told(cards(service.post(lacking(body, base=server.base)))) == expected
        first = len(server.log)
        assert told(cards(service.post(lacking(body, base=server.base)))) == expected
        assert len(server.log) - first == len(templates) + len(further)


def test_the_whole_search_is_tried_again_after_a_while(runtime, templates, further, monkeypatch):
    body = complete("patient-view", templates)
    with Stub(answers_of(body, templates | further), unknown=("_sort",)) as server:
        service = Service(runtime, [server.base], **SLOW)
        for expected in (True, False, True):
            server.parameters.clear()
            assert cards(service.post(lacking(body, base=server.base)))
            assert ("_sort" in server.parameters) is expected
            if not expected:
                monkeypatch.setattr("cds_service.call.fhir_access.server.FORM_SECONDS", 0)


def test_simpler_forms_are_never_narrower(templates):
    for template in templates.values():
        listed = forms(request_of(template, "p1").pairs)
        for whole, simpler in pairwise(listed):
            assert set(simpler) < set(whole)
        assert {"patient", "code"} & {name for name, _ in listed[0]} <= {name for name, _ in listed[-1]}


# -- a real server ----------------------------------------------------------------------------------------------------
def from_real(runtime, templates, real, *resources):
    """The cards when a real server holds the patient, a severe level, and these."""
    body = view(templates, magnesium=searchset(magnesium(1.1)))
    listed = [v for key, v in body["prefetch"].items() if key in ("patient", "encounters", "results", "magnesium")]
    chart = [e["resource"] for v in listed for e in v.get("entry", [])] + [v for v in listed if "entry" not in v]
    real.load([*chart, *resources])
    return cards(Service(runtime, [real.base], **SLOW).post(lacking(body, base=real.base)))


def condition(**more):
    coding = {"system": ICD10, "code": "I44.2"}
    return {"resourceType": "Condition", "id": "c1", "subject": SUBJECT, "code": {"coding": [coding]}, **more}


def status(code):
    system = "http://terminology.hl7.org/CodeSystem/condition-clinical"
    return {"clinicalStatus": {"coding": [{"system": system, "code": code}]}}


@pytest.mark.parametrize(
    ("more", "offered"),
    [
        ({}, False),
        (status("active"), False),
        (status("recurrence"), False),
        (status("resolved"), True),
        (status("inactive"), True),
        (status("remission"), True),
        ({"abatementDateTime": hours_ago(50_000)}, True),
    ],
)
def test_a_stop_without_a_status_is_seen_and_one_that_is_over_is_not(runtime, templates, real, more, offered):
    assert offers_iv(from_real(runtime, templates, real, condition(**more))) is offered


def test_a_medicine_that_is_told_by_reference_comes_along(runtime, templates, real):
    code = {"coding": [{"system": RXNORM, "code": "7646"}], "text": "Omeprazole"}
    medicine = {"resourceType": "Medication", "id": "med1", "code": code}
    order = {"resourceType": "MedicationRequest", "id": "o1", "status": "active", "intent": "order"}
    order |= {
        "subject": SUBJECT,
        "medicationReference": {"reference": "Medication/med1"},
        "authoredOn": hours_ago(50_000),
    }
    assert "omeprazole" in str(from_real(runtime, templates, real, medicine, order)).lower()


@pytest.mark.parametrize("key", ["medications", "administrations"])
def test_medicines_are_asked_for_with_what_they_refer_to(key):
    query = BY_KEY[key].query(knowledge())
    assert query.endswith(f"_include={BY_KEY[key].kind.name}:medication")


def test_a_medicine_that_came_along_is_not_read_again(runtime, templates):
    code = {"coding": [{"system": RXNORM, "code": "7646"}], "text": "Omeprazole"}
    medicine = {"resourceType": "Medication", "id": "med1", "code": code}
    order = {"resourceType": "MedicationRequest", "id": "o1", "status": "active", "intent": "order"}
    order |= {"subject": SUBJECT, "medicationReference": {"reference": "Medication/med1"}}
    along = searchset(order, total=1)
    along["entry"].append({"resource": medicine, "search": {"mode": "include"}})
    along["entry"].append({"resource": outcome("warning"), "search": {"mode": "outcome"}})
    found, log = answered(runtime, templates, view(templates, medications=along))
    assert "omeprazole" in str(found).lower() and "incomplete" not in str(found)
    assert not [path for _, path, _ in log if "Medication/" in path]
