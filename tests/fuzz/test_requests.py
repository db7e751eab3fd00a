"""Spoiled requests, and the corpus: answered 200 or 4xx, as JSON, conformant, and nothing repeated that must not be.

A file of the corpus is a body that once failed or is nasty, named after the status it is answered with. The long run is
`python -m bench.fuzz`.
"""

import json
import time
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings

from tests.calls import SERVICE_OF, request_for
from tests.fuzz.bases import MARK, bases
from tests.fuzz.requests import BROKEN, MUTATIONS, Sent, made, requests

CORPUS = sorted((Path(__file__).parent / "corpus").glob("*.json"))
PATH = "/cds-services/magnesium-patient-view"
HANGS_S = 60  # far above what was measured: speed is for bench/


@settings(max_examples=150, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
@given(sent=requests())
def test_any_spoiled_request_is_answered(service, sent):
    _, problems = service.problems(sent)
    assert problems == []


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_the_corpus(service, path):
    raw, expected = path.read_bytes(), int(path.name[:3])
    statuses = {}
    for target in (*(f"/cds-services/{name}" for name in SERVICE_OF.values()), f"{PATH}/feedback"):
        started = time.perf_counter()
        statuses[target], problems = service.problems(Sent(target, raw))
        assert problems == []
        assert time.perf_counter() - started < HANGS_S
    # 412 is the other answer to the same request when the magnesium in it is of no use
    assert statuses[f"{PATH}/feedback" if "-feedback-" in path.name else PATH] in {
        expected,
        412 if expected == 200 else 0,
    }


def test_most_spoiled_requests_are_still_read(service):
    found = Counter(service.problems(made(Random(number)))[0] for number in range(300))
    assert found[200] > 100 and found[400] > 10 and found[415] > 5


def test_the_same_seed_makes_the_same_request():
    assert made(Random(7)) == made(Random(7)) != made(Random(8))


def test_every_base_is_full_of_marks_and_is_answered(service):
    for name, raw in bases():
        assert raw.count(MARK.encode()) >= 3
        status, problems = service.problems(Sent(f"/cds-services/{name}", raw))
        assert status in (200, 412) and problems == []


@pytest.mark.parametrize("change", [change for change, _ in MUTATIONS], ids=lambda change: change.__name__)
def test_a_change_changes_something_at_last(change):
    def changed(number):
        body = {"valueQuantity": {"value": 7.7, "unit": "oz"}, "status": "odd"}
        change(Random(number), body, "status")
        return body != {"valueQuantity": {"value": 7.7, "unit": "oz"}, "status": "odd"}

    assert any(map(changed, range(50)))


@pytest.mark.parametrize("break_", BROKEN, ids=lambda change: change.__name__)
def test_a_broken_body_is_another_one(break_):
    raw = json.dumps(request_for("patient-view")).encode()
    assert any(break_(Random(number), raw) != raw for number in range(5))


def test_a_leak_and_a_fault_would_be_noticed(service, monkeypatch):
    sent = Sent(PATH, json.dumps(request_for("patient-view")).encode())

    def leak(*_, **__):
        raise RuntimeError(MARK)

    monkeypatch.setattr("cds_service.web.hooks.answer_call", leak)
    assert service.problems(sent) == (500, ["status 500"])
    monkeypatch.setattr("cds_service.web.errors.record_failure", lambda ident, problem: None)
    monkeypatch.setattr("cds_service.web.errors.request_id", lambda: MARK)
    assert service.problems(sent) == (500, ["status 500", "leak in the body"])
