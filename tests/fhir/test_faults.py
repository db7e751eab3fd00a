import json
import logging
import re

import pytest
import requests
import responses

from cds_service.call.fhir_access import server as server_module
from cds_service.call.fhir_access import wire
from cds_service.records.log import JsonLines
from tests.calls import cards, magnesium, outcome, searchset
from tests.counted import counted
from tests.fhir.conftest import BASE, TOKEN, complete, lacking, told

FHIR = "application/fhir+json"
ANY = re.compile(re.escape(BASE) + "/.*")
SEARCH = f"{BASE}/Observation/_search"


def bundle(*resources, **more):
    return json.dumps(searchset(*resources, **more))


def only_magnesium(templates, **authorization):
    """A request that lacks the magnesium results only."""
    return lacking(complete("patient-view", templates), ["magnesium"], **authorization)


FAULTS = {
    "timeout": ({"body": requests.ReadTimeout("slow " + TOKEN)}, "timeout"),
    "refused connection": ({"body": requests.ConnectionError("no " + TOKEN)}, "no-connection"),
    "slow connection": ({"body": requests.ConnectTimeout("no " + TOKEN)}, "no-connection"),
    "broken transfer": ({"body": requests.exceptions.ChunkedEncodingError("half")}, "unreadable"),
    "401": ({"status": 401, "json": outcome()}, "unauthorized"),
    "403": ({"status": 403, "json": outcome()}, "refused"),
    "404": ({"status": 404, "json": outcome()}, "not-found"),
    "400": ({"status": 400, "json": outcome()}, "bad-request"),
    "500": ({"status": 500, "body": "<html>oops</html>"}, "server-error"),
    "429": ({"status": 429}, "busy"),
    "503, come back in a raised two": ({"status": 503, "headers": {"Retry-After": "\u00b2"}}, "server-error"),
    "429, come back much later": ({"status": 429, "headers": {"Retry-After": "60"}}, "busy"),
    "204": ({"status": 204}, "bad-request"),
    "redirect": ({"status": 302, "headers": {"Location": "https://elsewhere.example/fhir"}}, "redirect"),
    "half a body": ({"body": bundle(magnesium())[:80], "content_type": FHIR}, "unreadable"),
    "wrong content type": ({"body": bundle(magnesium()), "content_type": "application/xml"}, "unreadable"),
    "html": ({"body": "<html>Sign in</html>", "content_type": "text/html"}, "unreadable"),
    "no content type": ({"body": bundle(magnesium()), "content_type": ""}, "unreadable"),
    "not a bundle": ({"body": json.dumps(magnesium()), "content_type": FHIR}, "unreadable"),
    "a list": ({"body": "[]", "content_type": FHIR}, "unreadable"),
    "outcome": ({"body": json.dumps(outcome()), "content_type": FHIR}, "operation-outcome"),
    "outcome entry": ({"body": bundle(outcome()), "content_type": FHIR}, "unreadable"),
    "another patient": ({"body": bundle(magnesium(patient="other")), "content_type": FHIR}, "another-patient"),
    "too large": ({"body": " " * (wire.MOST_BYTES + 1), "content_type": FHIR}, "too-large"),
}


@pytest.mark.parametrize("fault", FAULTS)
@responses.activate
def test_a_fault_leaves_the_key_missing_and_gives_nothing_away(service, templates, caplog, fault):
    caplog.set_level("DEBUG")
    answer, expected = FAULTS[fault]
    for method in ("GET", "POST"):
        responses.add(method, ANY, **answer)
    response = service.post(only_magnesium(templates))
    assert response.status_code == 412 and "magnesium" in response.get_data(as_text=True)
    assert service.outcomes() == {expected: 1}
    assert all(call.request.url.startswith(BASE) for call in responses.calls)
    logged = "".join(JsonLines().format(record) for record in caplog.records)
    assert TOKEN not in logged + response.get_data(as_text=True) and BASE not in logged


@responses.activate
def test_the_other_keys_are_not_hurt_by_one_that_fails(service, templates):
    body = complete("patient-view", templates)
    expected = told(cards(service.post(body)))
    responses.add("POST", SEARCH, body=json.dumps(body["prefetch"]["magnesium"]), content_type=FHIR)
    responses.add("POST", f"{BASE}/Encounter/_search", status=500)
    for method, path in (("POST", "MedicationStatement/_search"), ("GET", "MedicationStatement")):
        responses.add(method, f"{BASE}/{path}", status=404)  # not offered: not failed
    assert told(cards(service.post(lacking(body, ["magnesium", "statements"])))) == expected
    assert service.outcomes() == {"satisfied": 1, "fetched": 1}


@responses.activate
def test_the_token_goes_in_the_header_and_nowhere_else(service, templates, caplog):
    caplog.set_level("DEBUG")
    responses.add("POST", SEARCH, body=bundle(magnesium()), content_type=FHIR)
    response = service.post(only_magnesium(templates))
    (call,) = responses.calls
    assert call.request.headers["Authorization"] == f"Bearer {TOKEN}"
    assert call.request.headers["Accept"] == FHIR
    assert TOKEN not in call.request.url + str(call.request.body) + response.get_data(as_text=True)
    assert not [record for record in caplog.records if TOKEN in JsonLines().format(record)]
    assert "patient=demo-heart" in call.request.body and "%7C19123-9" in call.request.body


@responses.activate
def test_the_audit_line_counts_outcomes(service, templates, caplog):
    caplog.set_level(logging.INFO, logger="magnesium_cds.audit")
    responses.add("POST", SEARCH, body=bundle(magnesium(), magnesium(patient="other")), content_type=FHIR)
    service.post(only_magnesium(templates))
    (line,) = [json.loads(JsonLines().format(record)) for record in caplog.records]
    assert line["data"].pop("fetch_ms") > 0
    (fetched,) = line["data"].pop("keys").values()
    assert fetched == "fetched"
    assert line["data"] == {"satisfied": len(templates) - 1, "fetched": 1, "foreign_resources": 1}
    assert service.outcomes() == {"fetched": 1}
    assert counted(service.runtime, "foreign_resources_total", key="magnesium") == 1
    assert counted(service.runtime, "fhir_fetch_seconds_count", key="magnesium") == 1
    assert counted(service.runtime, "fhir_fetch_seconds_sum", key="magnesium") > 0


@responses.activate
def test_a_search_that_may_not_be_posted_is_a_get_from_then_on(service, templates):
    responses.add("POST", SEARCH, status=405)
    responses.add("GET", f"{BASE}/Observation", body=bundle(magnesium()), content_type=FHIR)
    for _ in range(2):
        assert cards(service.post(only_magnesium(templates)))
    assert [call.request.method for call in responses.calls] == ["POST", "GET", "GET"]


@pytest.mark.parametrize(
    "first",
    [
        {"body": requests.ConnectionError()},
        {"status": 429, "headers": {"Retry-After": "0"}},
        {"status": 503, "headers": {"Retry-After": "0"}},
    ],
)
@responses.activate
def test_what_may_pass_is_tried_once_more(service, templates, first):
    responses.add("POST", SEARCH, **first)
    responses.add("POST", SEARCH, body=bundle(magnesium()), content_type=FHIR)
    assert cards(service.post(only_magnesium(templates)))
    assert len(responses.calls) == 2


@responses.activate
def test_no_more_than_once(service, templates):
    responses.add("POST", SEARCH, body=requests.ConnectionError())
    service.post(only_magnesium(templates))
    assert len(responses.calls) == 2


def page(number, count=1, base=BASE):
    """A page of results with a link to the next."""
    listed = [magnesium(ident=f"mg-{number}-{i}", hours_ago=number + 1) for i in range(count)]
    return bundle(*listed, link=[{"relation": "next", "url": f"{base}?page={number + 1}"}])


@responses.activate
def test_endless_paging_ends(service, templates):
    responses.add("POST", SEARCH, body=page(0), content_type=FHIR)
    for number in range(1, 200):
        query = [responses.matchers.query_param_matcher({"page": number})]
        responses.add("GET", BASE, body=page(number), content_type=FHIR, match=query)
    assert cards(service.post(only_magnesium(templates)))
    assert len(responses.calls) == server_module.MOST_PAGES


@responses.activate
def test_a_page_that_links_to_itself_is_read_once(service, templates):
    responses.add("POST", SEARCH, body=page(0), content_type=FHIR)
    responses.add("GET", BASE, body=page(0), content_type=FHIR)
    assert cards(service.post(only_magnesium(templates)))
    assert len(responses.calls) == 2


@responses.activate
def test_of_ten_thousand_entries_the_first_are_read(service, templates):
    small = {**magnesium(), "code": {"coding": [{"system": "http://loinc.org", "code": "19123-9"}]}}
    responses.add("POST", SEARCH, body=bundle(*[small] * 10_000), content_type=FHIR)
    assert cards(service.post(only_magnesium(templates)))


@pytest.mark.parametrize(
    "url",
    [
        "https://elsewhere.example/r4?page=2",
        "https://fhir.example/r4-other?page=2",
        "https://fhir.example.evil.example/r4?page=2",
        "https://fhir.example/r4/../admin",
        "https://fhir.example/r4/%2e%2e/admin",
        "https://fhir.example/r4/%252e%252e/admin",
        "https://fhir.example@evil.example/r4?page=2",
        "http://fhir.example/r4?page=2",
        "//evil.example/r4",
        "https://fhir.example/r4\\@evil.example/",
        "https://fhir.example/r4?page=2#x",
        "file:///etc/passwd",
        "",
    ],
)
@responses.activate
def test_a_next_link_that_leads_elsewhere_is_not_followed(service, templates, url):
    answer = searchset(magnesium(), link=[{"relation": "next", "url": url}])
    responses.add("POST", SEARCH, json=answer, content_type=FHIR)
    body = only_magnesium(templates)
    body["prefetch"]["results"] = searchset(magnesium(), link=[{"relation": "next", "url": url}])
    assert cards(service.post(body))
    # the whole search of the one that was missing, and of the one whose rest cannot be had otherwise
    assert [call.request.url for call in responses.calls] == [SEARCH, SEARCH]


@responses.activate
def test_a_supplied_first_page_is_continued(service, templates):
    body = lacking(complete("patient-view", templates), [])
    body["prefetch"]["magnesium"] = json.loads(page(0).replace('"final"', '"entered-in-error"'))
    responses.add("GET", BASE, body=bundle(magnesium(value=0.8)), content_type=FHIR)
    assert "0.8" in str(cards(service.post(body)))
    (call,) = responses.calls
    assert call.request.url == f"{BASE}?page=1"


@responses.activate
def test_a_supplied_first_page_stays_when_there_is_no_more(service, templates):
    body = lacking(complete("patient-view", templates), [])
    expected = told(cards(service.post(body)))
    body["prefetch"]["magnesium"]["link"] = [{"relation": "next", "url": f"{BASE}?page=1"}]
    responses.add("GET", BASE, status=410)
    assert told(cards(service.post(body))) == expected


@responses.activate
def test_medicines_that_orders_refer_to_are_fetched(service, templates):
    order = {
        "resourceType": "MedicationRequest",
        "id": "o1",
        "status": "active",
        "intent": "order",
        "subject": {"reference": "Patient/demo-heart"},
        "medicationReference": {"reference": "Medication/m1"},
    }
    code = {"coding": [{"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "7646"}], "text": "Omeprazole"}
    medication = {"resourceType": "Medication", "id": "m1", "code": code}
    body = lacking(complete("patient-view", templates), [])
    body["prefetch"]["medications"] = searchset(order)
    responses.add("GET", f"{BASE}/Medication/m1", json=medication, content_type=FHIR)
    assert "omeprazole" in str(cards(service.post(body))).lower()
    body["prefetch"]["medications"] = searchset(order, medication)
    assert "omeprazole" in str(cards(service.post(body))).lower()
    assert len(responses.calls) == 1


@responses.activate
def test_the_number_of_medicines_asked_for_is_bounded(service, templates):
    order = {"resourceType": "MedicationRequest", "status": "active", "intent": "order"}
    orders = [{**order, "id": f"o{i}", "medicationReference": {"reference": f"Medication/m{i}"}} for i in range(100)]
    elsewhere = {**order, "id": "x", "medicationReference": {"reference": "https://evil.example/Medication/x"}}
    body = lacking(complete("patient-view", templates), [])
    body["prefetch"]["medications"] = searchset(elsewhere, *orders)
    responses.add("GET", ANY, status=404)
    assert service.post(body).status_code == 200
    assert len(responses.calls) == 20


def drafting(templates, medicine, hook="order-sign"):
    """A request that lacks all prefetch, while one medicine is drafted."""
    body = lacking(complete(hook, templates))
    draft = {"resourceType": "MedicationRequest", "id": "d1", "status": "draft", "intent": "order", **medicine}
    body["context"] |= {"draftOrders": searchset(draft), "selections": ["MedicationRequest/d1"]}
    return body


@pytest.mark.parametrize("hook", ["order-select", "order-sign"])
@responses.activate
def test_nothing_is_fetched_for_a_draft_that_concerns_nobody(service, templates, hook):
    body = drafting(templates, {"medicationCodeableConcept": {"text": "acetaminophen 500 mg tablet"}}, hook)
    assert cards(service.post(body)) == []
    assert not responses.calls
    assert service.outcomes() == {"not-needed": 1} == service.outcomes("patient")


@pytest.mark.parametrize(
    "medicine",
    [
        {"medicationCodeableConcept": {"text": "omeprazole 20 mg capsule"}},
        {"medicationCodeableConcept": {"coding": [{"system": "urn:oid:2.999.9", "code": "1"}]}},
        {"medicationReference": {"reference": "Medication/m1", "display": "a tablet"}},
    ],
)
@responses.activate
def test_all_is_fetched_for_any_other(service, templates, medicine):
    for method in ("GET", "POST"):
        responses.add(method, ANY, status=404)
    service.post(drafting(templates, medicine))
    assert len(responses.calls) >= len(templates) and "not-needed" not in service.outcomes()


@responses.activate
def test_a_patient_whom_the_client_could_not_get_is_asked_for_whatever_is_drafted(service, templates):
    body = drafting(templates, {"medicationCodeableConcept": {"text": "acetaminophen 500 mg tablet"}})
    body["prefetch"] = {"patient": None}
    for method in ("GET", "POST"):
        responses.add(method, ANY, status=404)
    assert service.post(body).status_code == 412 and responses.calls  # nobody knows the patient
    assert "not-needed" not in service.outcomes()


@responses.activate
def test_what_is_drafted_or_active_is_named_before_what_is_past(service, templates):
    def order(name, status):
        made = {"resourceType": "MedicationRequest", "id": name, "status": status, "intent": "order"}
        return {**made, "medicationReference": {"reference": f"Medication/{name}"}}

    body = lacking(complete("order-sign", templates), [])
    body["context"]["draftOrders"] = searchset(order("z-draft", "draft"))
    body["prefetch"]["medications"] = searchset(*[order(f"a{i}", "stopped") for i in range(30)], order("z", "active"))
    responses.add("GET", ANY, status=404)
    service.post(body)
    assert {f"{BASE}/Medication/z", f"{BASE}/Medication/z-draft"} < {call.request.url for call in responses.calls}


@responses.activate
def test_orders_whose_drug_cannot_be_had_withhold_iv_magnesium(service, templates):
    order = {"resourceType": "MedicationRequest", "id": "o1", "status": "active", "intent": "order"}
    body = lacking(complete("patient-view", templates), [])
    body["prefetch"]["medications"] = searchset({**order, "medicationReference": {"reference": "Medication/m1"}})
    responses.add("GET", f"{BASE}/Medication/m1", status=404)
    assert "medicines could not be read" in str(cards(service.post(body)))


@pytest.mark.parametrize("base", ["https://elsewhere.example/r4", "https://fhir.example", f"{BASE}/x", "file:///r4"])
@responses.activate
def test_a_server_that_is_not_listed_is_never_contacted(service, templates, base):
    assert service.post(lacking(complete("patient-view", templates), base=base)).status_code == 412
    assert not responses.calls
    assert service.outcomes() == {"server-not-listed": 1}


@responses.activate
def test_a_slash_at_the_end_of_the_base_does_not_matter(service, templates):
    responses.add("POST", SEARCH, body=bundle(magnesium()), content_type=FHIR)
    assert cards(service.post(only_magnesium(templates, base=f"{BASE}/")))


@pytest.mark.parametrize(
    "authorization",
    [
        {"access_token": None},
        {"access_token": "two\nlines"},
        {"access_token": 5},
        {"access_token": ""},
        {"token_type": "mac"},
        {"scope": "patient/Patient.rs"},
        {"scope": "launch openid patient/Condition.rs"},
        {"scope": "patient/Observation.cud"},
        {"scope": "patient/*.rs", "patient": "somebody-else"},
    ],
)
@responses.activate
def test_access_that_cannot_work_is_not_tried(service, templates, authorization):
    assert service.post(only_magnesium(templates, **authorization)).status_code == 412
    assert not responses.calls


@responses.activate
def test_an_empty_answer_under_a_restricted_scope_is_not_known_to_be_none(service, templates):
    responses.add("POST", SEARCH, body=bundle(), content_type=FHIR)
    assert service.post(only_magnesium(templates)).status_code == 200
    restricted = only_magnesium(templates, scope="patient/Observation.rs?category=vital-signs")
    assert service.post(restricted).status_code == 412


@responses.activate
def test_cookies_are_not_kept(service, templates):
    headers = {"Set-Cookie": "session=of-somebody; Path=/"}
    responses.add("POST", SEARCH, body=bundle(magnesium()), content_type=FHIR, headers=headers)
    for _ in range(2):
        service.post(only_magnesium(templates))
    assert not [call for call in responses.calls if "Cookie" in call.request.headers]
