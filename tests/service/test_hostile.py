"""Whatever a client sends is answered 200 or 4xx, conformant and soon; never 5xx."""

import copy
import json
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.calls import SERVICE_OF, magnesium, patient_view, post, request_for, searchset
from tests.spec.checks import violations

RETYPED = (None, "", "text", 0, -1, 1.5, True, [], {}, [None], {"x": None})
HANGS_S = 60  # far above what was measured: speed is for bench/
DEEP = 10_000
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)


def survives(client, body, service="magnesium-patient-view", content_type="application/json"):
    """The status of an answer that must not be a 5xx, late or out of conformance."""
    started = time.perf_counter()
    answer = post(client, body, service, content_type)
    assert time.perf_counter() - started < HANGS_S
    payload = answer.get_json(force=True)
    if answer.status_code == 200:
        assert violations(payload) == []
    else:
        assert 400 <= answer.status_code < 500
        assert payload["resourceType"] == "OperationOutcome"
    assert answer.headers["Access-Control-Allow-Origin"]
    return answer.status_code


def fields(request):
    """(path) of every field of the first two levels."""
    for key, value in request.items():
        yield (key,)
        if isinstance(value, dict):
            yield from ((key, inner) for inner in value)


@pytest.mark.parametrize("status", [["active"], {"code": "active"}, 1, None])
def test_a_status_of_another_type_under_a_key_of_the_clients_own(card_client, status):
    body = request_for("patient-view")
    body["prefetch"]["orders"] = body["prefetch"].pop("medications")
    for entry in body["prefetch"]["orders"]["entry"]:
        entry["resource"]["status"] = status
    assert survives(card_client, body) == 200


@pytest.mark.parametrize("hook", SERVICE_OF)
def test_every_field_dropped_or_retyped(card_client, hook):
    request = request_for(hook)
    for path in fields(request):
        for value in ("DROP", *RETYPED):
            body = copy.deepcopy(request)
            node = body
            for step in path[:-1]:
                node = node[step]
            if value == "DROP":
                del node[path[-1]]
            else:
                node[path[-1]] = value
            survives(card_client, body, SERVICE_OF[hook])


TEXT = json.dumps(patient_view())


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"", 400),
        (b"   ", 400),
        (TEXT[: len(TEXT) // 2].encode(), 400),
        ((TEXT + " x").encode(), 400),
        (b"\xef\xbb\xbf" + TEXT.encode(), 200),
        (TEXT.encode("utf-16"), 400),
        (TEXT.encode().replace(b"Practitioner", b"\xc3\x28", 1), 400),
        (TEXT.replace("Practitioner", "\\ud800", 1).encode(), 400),
        (TEXT.replace("Practitioner", "a\\u0000b", 1).encode(), 200),
        ((TEXT[:-1] + ', "deep": ' + "[" * DEEP + "]" * DEEP + "}").encode(), 400),
        ((TEXT[:-1] + ', "deep": ' + '{"a":' * DEEP + "1" + "}" * DEEP + "}").encode(), 400),
        ((TEXT[:-1] + ', "context": {}}').encode(), 400),
        (TEXT.replace('"value": 1.2', '"value": NaN').encode(), 400),
        (TEXT.replace('"value": 1.2', '"value": Infinity').encode(), 400),
        (b"null", 400),
        (b"12", 400),
        (b'"x"', 400),
        (b"[]", 400),
    ],
)
def test_broken_bodies(client, raw, status):
    assert survives(client, raw) == status


@pytest.mark.parametrize("word", ["1e999", "-1e999", "1" + "0" * 400, "1e-400", "-5", '"1.2"', "null", "[]", "true"])
def test_magnesium_values_that_no_laboratory_reports(card_client, word):
    survives(card_client, TEXT.replace('"value": 1.2', f'"value": {word}').encode())


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        ("application/json", 200),
        ("application/json; charset=utf-8", 200),
        ("application/fhir+json; charset=UTF-8", 200),
        ("application/json+fhir", 415),
        ("application/json; charset=utf-16", 415),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("multipart/form-data; boundary=x", 415),
        ("nonsense", 415),
        (None, 415),
    ],
)
def test_media_types(client, kind, status):
    assert survives(client, patient_view(), content_type=kind) == status


def test_five_thousand_entries_in_every_answer(make_client):
    body = patient_view()
    for bundle in body["prefetch"].values():
        if entries := bundle.get("entry"):
            bundle["entry"] = [entries[number % len(entries)] for number in range(5000)]
    assert survives(make_client(max_body_mb=100), body) == 200


def test_the_patient_with_many_bad_resources_still_gets_the_good_one(card_client):
    junk = [{"resourceType": "Observation", "code": value, "valueQuantity": value} for value in RETYPED]
    body = patient_view(magnesium=searchset(*junk, None, "x", magnesium(1.2)))
    assert "1.2 mg/dL" in str(post(card_client, body).get_json()["cards"])


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    key=st.sampled_from(["patient", "magnesium", "results", "medications", "conditions", "encounters"]),
    value=JSON_VALUES,
)
def test_any_json_in_the_place_of_an_answer(card_client, key, value):
    survives(card_client, patient_view(**{key: value}))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=JSON_VALUES)
def test_any_json_in_the_place_of_a_request(client, body):
    assert survives(client, body) == 400
    survives(client, {"context": {"patientId": "p"}, "prefetch": {"magnesium": body}})


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=JSON_VALUES)
def test_any_json_in_the_place_of_feedback(client, body):
    for value in (body, {"feedback": body}, {"feedback": [body]}):
        answer = post(client, value, "magnesium-patient-view/feedback")
        assert answer.status_code in (200, 400)
