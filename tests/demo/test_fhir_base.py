"""The FHIR base gives the charts to a client exactly as the services need them."""

from datetime import timedelta
from importlib import import_module
from urllib.parse import parse_qsl, quote, urlsplit

import pytest

from cards import SERVICES
from cds_service.demo.fhir_parameters import PARAMETERS
from cds_service.web.app import create_app
from tests.calls import ORIGIN, diagnostics
from tests.demo.asking import call, cards_of, whole_chart
from tests.demo.conftest import BASE, NOW, STORIES

FORM = "application/x-www-form-urlencoded"


def search(client, query, **headers):
    """The Bundle that a GET search answers."""
    answer = client.get(f"/fhir/{query}", headers={"Origin": ORIGIN, **headers})
    assert answer.status_code == 200, answer.get_data(as_text=True)
    assert answer.mimetype == "application/fhir+json" and answer.headers["Access-Control-Allow-Origin"]
    return answer.get_json(force=True)


def ids(bundle):
    """The ids of what matched."""
    return [e["resource"]["id"] for e in bundle.get("entry", ()) if e["search"]["mode"] == "match"]


def by_get(client, query):
    answer = client.get(f"/fhir/{query}")
    return answer.get_json(force=True)


def by_post(client, query):
    """As the Sandbox asks: a read as it stands, a search by POST with parameters sorted and percent-encoded."""
    path, _, parameters = query.partition("?")
    if not parameters:
        return by_get(client, query)
    pairs = sorted(pair.split("=", 1) for pair in parameters.split("&"))
    form = "&".join(f"{name}={quote(value, safe='')}" for name, value in pairs)
    headers = {"Accept": "application/json+fhir", "Origin": "https://sandbox.cds-hooks.org"}
    return client.post(f"/fhir/{path}/_search", data=form, content_type=FORM, headers=headers).get_json(force=True)


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.hook)
@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.id)
def test_prefetch_from_the_base_gives_the_cards_of_the_whole_chart(demo_client, runtime, story, service):
    offered = demo_client.get("/cds-services").get_json()["services"]
    templates = next(o["prefetch"] for o in offered if o["id"] == service.id)
    whole = cards_of(demo_client, service, call(service, story, whole_chart(story, runtime.keys)))
    for fetch in (by_get, by_post):
        prefetch = {
            key: fetch(demo_client, template.replace("{{context.patientId}}", story.id))
            for key, template in templates.items()
        }
        assert all(resource["resourceType"] in ("Patient", "Bundle") for resource in prefetch.values())
        assert cards_of(demo_client, service, call(service, story, prefetch)) == whole, fetch


def test_serve_has_none_of_this(client):
    for path in ("/fhir", "/fhir/metadata", "/fhir/Patient", "/demo/requests/1-patient-view.json"):
        diagnostics(client.get(path, headers={"Origin": ORIGIN}), 404)
    # they are no part of the service, so its description does not have them either
    assert not [path for path in client.get("/openapi.json").get_json()["paths"] if path.startswith(("/fhir", "/demo"))]


def test_the_capabilities_are_valid_and_name_the_version(demo_client):
    told = search(demo_client, "metadata")
    assert told["fhirVersion"] == "4.0.1" and told["implementation"]["url"] == f"{BASE}/fhir"
    assert told == search(demo_client, "")
    # the models are those of R4B, which wants its own version named
    model = import_module("fhir.resources.R4B.capabilitystatement").CapabilityStatement
    assert model.model_validate(told)


def test_read_and_the_list_for_the_patient_picker(demo_client):
    everyone = search(demo_client, "Patient")
    assert ids(everyone) == [story.id for story in STORIES] and everyone["total"] == len(STORIES)
    assert all(entry["resource"]["name"][0]["given"] for entry in everyone["entry"])
    for entry in everyone["entry"]:
        assert entry["fullUrl"] == f"{BASE}/fhir/Patient/{entry['resource']['id']}"
        assert by_get(demo_client, f"Patient/{entry['resource']['id']}") == entry["resource"]


@pytest.mark.parametrize("fhir_type", PARAMETERS)
def test_every_answer_is_a_valid_searchset(demo_client, fhir_type):
    bundle = search(demo_client, f"{fhir_type}?_count=3&nonsense=1")
    assert bundle["total"] == len([r for s in STORIES for r in s.resources if r["resourceType"] == fhir_type])
    assert import_module("fhir.resources.R4B.bundle").Bundle.model_validate(bundle)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("Observation?patient=heart-failure&code=http://loinc.org|2823-3", 3),
        ("Observation?patient=Patient/heart-failure&code=2823-3", 3),
        (f"Observation?subject={BASE}/fhir/Patient/heart-failure&code=http://loinc.org|", 16),
        ("Observation?subject:Patient=heart-failure&code=http://loinc.org|2823-3,http://loinc.org|1751-7", 4),
        ("Observation?patient=heart-failure&code=http://snomed.info/sct|2823-3", 0),
        ("Observation?patient=heart-failure&code=|2823-3", 0),
        ("Observation?patient=Group/heart-failure", 0),
        ("Observation?patient=heart-failure&category=procedure", 1),
        ("Observation?patient=heart-failure&category=laboratory&category=procedure", 0),
        ("Observation?patient=corrected&status=corrected,entered-in-error", 2),
        ("Encounter?patient=heart-failure&class=IMP", 1),
        ("Encounter?patient=heart-failure&class=http://terminology.hl7.org/CodeSystem/v3-ActCode|AMB", 0),
        ("Encounter?patient=heart-failure&date=ge2026-11-23", 1),
        ("Encounter?patient=heart-failure&date=lt2026-11-21", 0),
        ("Condition?patient=heart-failure&clinical-status=active", 2),
        ("Condition?patient=heart-failure&clinical-status=resolved", 0),
        ("MedicationRequest?patient=heart-failure&status=active&intent=order", 2),
        ("MedicationRequest?patient=heart-failure&intent=plan", 0),
        ("MedicationRequest?patient=heart-failure&authoredon=ge2026", 1),
        ("MedicationAdministration?patient=being-replaced&effective-time=ge2026-11-23T11:00:00Z", 1),
        ("Patient?_id=heart-failure,ckd-4", 2),
        ("Patient?birthdate=lt1945", 1),
        ("Procedure?patient=heart-failure", 0),
    ],
)
def test_search(demo_client, query, found):
    bundle = search(demo_client, query)
    assert bundle["total"] == found == len(ids(bundle))


@pytest.mark.parametrize(
    ("date", "found"),
    [
        ("2026-11-23", 1),
        ("eq2026-11", 2),
        ("ne2026-11", 4),
        ("ge2026-11-23T10:00:00Z", 1),
        ("gt2026-11-23T10:00:00Z", 0),
        ("ge2026-11-23T10:00:00+00:00", 1),
        ("ge2026-11-23T10:00:00%2B00:00", 1),
        ("le2026-11-22", 5),
        ("lt2026-11-22", 4),
        ("le2026", 6),
        ("lt2026", 1),
        ("ge2026-09&date=le2026-10", 1),
    ],
)
def test_dates(demo_client, date, found):
    query = f"Observation?patient=heart-failure&code=http://loinc.org|19123-9&date={date}"
    assert search(demo_client, query)["total"] == found


def test_sorting_and_pages(demo_client):
    query = "Observation?patient=heart-failure&code=http://loinc.org|19123-9"
    newest = [f"heart-failure-magnesium-{n}" for n in range(1, 7)]
    assert ids(search(demo_client, f"{query}&_sort=-date")) == newest
    assert ids(search(demo_client, f"{query}&_sort=date")) == newest[::-1]
    assert ids(search(demo_client, f"{query}&_sort=-date&_count=0")) == []
    walked, following = [], f"{query}&_sort=-date&_count=4"
    while following:
        page = search(demo_client, following)
        assert page["total"] == 6
        walked.append(ids(page))
        links = {link["relation"]: link["url"] for link in page["link"]}
        following = links.get("next", "").removeprefix(f"{BASE}/fhir/")
    assert walked == [newest[:4], newest[4:]]


def test_undated_resources_come_last_whatever_the_order(demo_client):
    for key in ("onset-date", "-onset-date"):
        assert search(demo_client, f"Condition?patient=heart-failure&_sort={key}")["total"] == 2


def test_an_unknown_parameter_is_named_and_refused_only_when_asked_to(demo_client):
    query = "Observation?patient=well&colour=blue&_sort=value-quantity,-date&subject:missing=true"
    bundle = search(demo_client, query)
    assert bundle["total"] == len(ids(bundle)) > 5
    remark = bundle["entry"][-1]
    assert remark["search"] == {"mode": "outcome"}
    said = remark["resource"]["issue"][0]["diagnostics"]
    assert all(name in said for name in ("colour", "_sort=value-quantity", "subject:missing"))
    refused = demo_client.get(f"/fhir/{query}", headers={"Prefer": "handling=strict", "Origin": ORIGIN})
    assert "colour" in diagnostics(refused, 400)


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("Observation?date=yesterday", 400, "date: write a date as"),
        ("Observation?date=ap2026", 400, "date: write a date as"),
        ("Observation?date=ge2026-13", 400, "date: write a date as"),
        ("Observation?_count=many", 400, "_count must be"),
        ("Observation?_offset=-1", 400, "_offset must be"),
        ("Patient/nobody", 404, "GET /fhir/Patient lists all"),
        ("Potato", 404, "GET /fhir/metadata"),
        ("Potato/1", 404, "GET /fhir/metadata"),
    ],
)
def test_what_cannot_be_answered_is_said(demo_client, path, status, said):
    answer = demo_client.get(f"/fhir/{path}", headers={"Origin": ORIGIN})
    assert said in diagnostics(answer, status)


def test_browsers_may_search_from_elsewhere(demo_client):
    headers = {"Origin": "https://sandbox.cds-hooks.org", "Access-Control-Request-Method": "POST"}
    answer = demo_client.options("/fhir/Observation/_search", headers=headers)
    assert answer.status_code == 200
    assert "POST" in answer.headers["Access-Control-Allow-Methods"] and answer.headers["Access-Control-Allow-Origin"]
    assert demo_client.post("/fhir/Patient", json={}).status_code == 405


def test_the_base_moves_on_with_the_clock(runtime, make_client):
    from cds_service.web import fhir_base
    from cds_service.web.runtime import Runtime
    from tests.conftest import settings_with

    for hours in (0, 5):
        moment = NOW + timedelta(hours=hours)
        made = Runtime(settings_with(), runtime.knowledge, runtime.keys, now=lambda moment=moment: moment)
        client = create_app(made, (fhir_base.routes,)).test_client()
        newest = search(client, "Observation?patient=heart-failure&_sort=-date&_count=1")
        assert newest["entry"][0]["resource"]["effectiveDateTime"] == f"2026-11-23T{10 + hours}:00:00+00:00"
        # nothing is configured here: links name the address the caller used
        following = {link["relation"]: link["url"] for link in newest["link"]}["next"]
        assert urlsplit(following).path == "/fhir/Observation"
        assert dict(parse_qsl(urlsplit(following).query))["_count"] == "1"
