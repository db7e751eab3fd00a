"""What bounds the time of one evaluation: bytes, entries and nesting; the largest requests are answered in time."""

import itertools
import json
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import replace

import pytest

from cards import About, Snapshot, prefetch_templates
from cds_service import answer_call
from cds_service.answer_call import Means
from cds_service.call import time_limit
from cds_service.call.time_limit import within
from cds_service.errors import TooMuch
from cds_service.run.settings import MissingData, Settings
from tests.calls import SERVICE_OF, cards, diagnostics, post, request_for, searchset
from tests.fuzz.bases import bases
from tests.machine import LONG_S, wait_for

pytestmark = pytest.mark.usefixtures("nothing_to_collect")
ENTRIES = 5000
DEFAULT_MS = Settings.model_fields["evaluation_ms"].default
HANGS_S = 60  # far above what was measured: speed is for bench/
DEEPEST = 1023
SMALL = {
    "medications": {
        "resourceType": "MedicationRequest",
        "status": "active",
        "medicationCodeableConcept": {"text": "omeprazole"},
    },
    "conditions": {"resourceType": "Condition", "code": {"text": "ckd"}},
    "encounters": {"resourceType": "X"},
}


def resources_by_key():
    """Prefetch key to the resources that the worked cases and the demo have there."""
    found = {}
    for _, raw in bases():
        for key, value in (json.loads(raw).get("prefetch") or {}).items():
            if isinstance(value, dict):
                found.setdefault(key, []).extend(entry["resource"] for entry in value.get("entry", []))
    told = {**found["medications"][0], "resourceType": "MedicationStatement"}
    magnesium = {"coding": [{"system": "http://loinc.org", "code": "19123-9"}]}
    ordered = {"resourceType": "ServiceRequest", "id": "sr", "status": "active", "intent": "order", "code": magnesium}
    return {
        **found,
        "statements": [told],
        "ordered_tests": [ordered],
        "allergies": [{"resourceType": "AllergyIntolerance", "id": "al", "code": {"text": "Penicillin"}}],
    }


def full(hook, keys):
    """A request with 5,000 entries in every searchset."""
    body = request_for(hook)
    subject = {"reference": f"Patient/{body['context']['patientId']}"}
    for key in keys:
        own = [entry["resource"] for entry in body["prefetch"].get(key, {}).get("entry", [])]
        endless = itertools.cycle(own * 20 + resources_by_key()[key])
        body["prefetch"][key] = searchset(*({**r, "subject": subject} for r in itertools.islice(endless, ENTRIES)))
    return body


def is_answered_in_time(client, raw):
    """Whether the answer is a 200, and soon."""
    started = time.perf_counter()
    return post(client, raw).status_code == 200 and time.perf_counter() - started < HANGS_S


def seconds(client, raw, service="magnesium-patient-view"):
    """How long the answer took, which must be a 200."""
    started = time.perf_counter()
    assert post(client, raw, service).status_code == 200
    return time.perf_counter() - started


@pytest.mark.parametrize("hook", SERVICE_OF)
def test_five_thousand_entries_in_every_searchset_are_answered_in_time(make_client, runtime, hook):
    keys = sorted(prefetch_templates(runtime.knowledge).keys() - {"patient"})
    body = full(hook, keys)
    assert [len(body["prefetch"][key]["entry"]) for key in keys] == [ENTRIES] * 9
    assert seconds(make_client(max_body_mb=100), json.dumps(body).encode(), SERVICE_OF[hook]) < HANGS_S


@pytest.mark.parametrize("key", SMALL)
def test_as_many_entries_as_fit_into_the_default_limits_are_answered_in_time(make_client, key):
    """On a machine so slow, or busy, that a tenth of them takes a twelfth of the limit, it is more by as much."""
    body, entry = request_for("patient-view"), {"resource": SMALL[key]}
    room = 5 * 1024 * 1024 - len(json.dumps(body)) - 1000
    size = len(json.dumps(entry, separators=(",", ":"))) + 1
    most = min(room // size, 49_900)
    tenth_s = processor_s(make_client(), with_entries(body, key, entry, most // 10))
    limit_ms = max(DEFAULT_MS, round(12 * tenth_s * 1000))
    raw, client = with_entries(body, key, entry, most), make_client(evaluation_ms=limit_ms)
    # a second of processor time is less work on a busy machine: the limit may stop one call there, not all
    wait_for(lambda: is_answered_in_time(client, raw), "it is answered within the limits")


def with_entries(body, key, entry, count):
    """The request with so many entries under a key, as it is sent."""
    prefetch = {**body["prefetch"], key: {"resourceType": "Bundle", "entry": [entry] * count}}
    return json.dumps({**body, "prefetch": prefetch}, separators=(",", ":")).encode()


def processor_s(client, raw):
    """Processor time of a call."""
    began = time.thread_time()
    assert is_answered_in_time(client, raw)
    return time.thread_time() - began


@pytest.mark.parametrize("key", SMALL)
def test_an_evaluation_that_takes_too_long_is_stopped_and_says_what_to_do(make_client, key):
    body = request_for("patient-view")
    body["prefetch"][key] = searchset(*[SMALL[key]] * 20_000)
    told = diagnostics(post(make_client(evaluation_ms=1), body), 413)
    assert "more than 1 ms" in told and "MAGNESIUM_CDS_EVALUATION_MS" in told
    assert cards(post(make_client(evaluation_ms=1), request_for("patient-view")))  # a usual one is not even watched


# where a single resource may hold a hundred thousand of something, and in which call
MANY = "@many"
LONG = {
    "dosages": ("patient-view", ("medications",), {"dosageInstruction": [MANY]}),
    "codings": ("patient-view", ("medications",), {"medicationCodeableConcept": {"coding": [MANY]}}),
    "ingredients": (
        "order-sign",
        (),
        {"contained": [{"resourceType": "Medication", "id": "m1", "ingredient": [MANY]}]},
    ),
    "reasons": ("order-sign", (), {"reasonCode": [MANY]}),
}


def with_many_in_one(hook, keys, told):
    """A call with one order that holds as many empty objects as fit into the default limits."""
    body = request_for(hook)
    order = {"resourceType": "MedicationRequest", "id": "d1", "status": "active" if keys else "draft", **told}
    if "contained" in told:
        order["medicationReference"] = {"reference": "#m1"}
    else:
        order.setdefault("medicationCodeableConcept", {"text": "magnesium sulfate 4 g"})
    for key in keys:
        body["prefetch"][key] = searchset(order)
    if not keys:
        body["context"]["draftOrders"] = searchset(order)
    return json.dumps(body).replace(f'"{MANY}"', ",".join(["{}"] * 1_500_000)).encode()


@pytest.mark.parametrize("name", LONG)
def test_many_of_something_in_one_resource_are_read_within_the_limit_too(make_client, name):
    hook, keys, told = LONG[name]
    raw, limit_s = with_many_in_one(hook, keys, told), 0.2
    client, began = make_client(evaluation_ms=int(limit_s * 1000)), time.thread_time()
    status = post(client, raw, SERVICE_OF[hook]).status_code
    assert status in (200, 413)
    assert time.thread_time() - began < 10 * limit_s  # with the parsing of 5 MB; without a limit 60 s and more
    assert cards(post(client, request_for("patient-view")))  # nothing of it is left in the thread


def test_a_limit_that_is_reached_too_late_hurts_nobody():
    """What is raised at the very end is taken back, whatever the thread does next."""
    for length in range(400):
        with suppress(TooMuch):
            within(1, lambda n=length: sum(x for x in range(n * 300)))
        assert sum(range(2000)) == 1999 * 1000


def test_what_ends_an_evaluation_just_as_it_ends_does_not_come_again_into_other_work():
    """Else a thread of the service is stopped wherever it is, four times a second, and the next calls with it."""
    ends = time_limit._Evaluations.end.__code__
    met = []

    def interrupt(frame, event, _):
        if event == "call" and frame.f_code is ends and not met:
            met.append(frame)
            raise time_limit._TimeIsUp
        return

    before = sys.gettrace()
    sys.settrace(interrupt)
    try:
        with pytest.raises(TooMuch):
            within(1000, list)
    finally:
        sys.settrace(before)
    assert met
    assert threading.get_ident() not in time_limit._EVALUATIONS._until


def test_whether_orders_concern_anybody_is_told_within_the_limit_too(runtime):
    means = Means(runtime.knowledge, runtime.now(), str, runtime.keys, MissingData.CARD, limit_ms=1)
    many = {"conditions": (SMALL["conditions"],) * 20_000}
    shot = Snapshot("order-select", "p1", many, about=About.ORDERS)
    with pytest.raises(TooMuch, match="more than 1 ms"):
        answer_call._concerns_nobody(means, shot)
    assert answer_call._concerns_nobody(means, replace(shot, resources={}))  # nothing is drafted


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
def test_nesting_ends_at_a_known_depth(client, opening, closing):
    def nested(depth):
        inner = opening * depth + "1" + closing * depth
        return (json.dumps(request_for("patient-view"))[:-1] + f', "x": {inner}}}').encode()

    assert seconds(client, nested(DEEPEST)) < HANGS_S
    assert "nested too deeply" in diagnostics(post(client, nested(DEEPEST + 1)), 400)
    assert "nested too deeply" in diagnostics(post(client, nested(500_000)), 400)


@pytest.mark.skipif(sys.platform != "linux", reason="threads have no clock of their own there")
def test_after_an_evaluation_a_profiler_still_comes_to_its_end():
    """Python 3.11 never does once an exception was announced to a thread and taken back."""
    code = (
        "import sys; from cds_service.call.time_limit import within; within(1000, list); "
        "sys.setprofile(lambda *_: None); (lambda: None)(); sys.setprofile(None)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=LONG_S)
