"""The cards do not depend on who supplied the data: the client, or its FHIR server."""

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import pytest

from tests.calls import cards, diagnostics
from tests.cards.chart import NOW
from tests.fhir.conftest import TOKEN, Service, complete, lacking, told
from tests.fhir.real_server import RealServer, installed
from tests.fhir.stub import Stub, answers_of
from tests.machine import LONG_S
from tests.service.test_vignettes import request_of
from tests.told import told_in

HOOKS = ("patient-view", "order-select", "order-sign")
NONE = None
VIGNETTES = sorted((Path(__file__).parents[2] / "fixtures" / "vignettes").glob("*.yaml"))
SLOW = {"deadline": LONG_S, "timeout": LONG_S}


@pytest.fixture(scope="module")
def real(request):
    """The real FHIR server."""
    server = RealServer(installed(request.config.cache), TOKEN)
    yield server
    server.stop()


def halves(keys):
    """Every half of the keys."""
    return [set(half) for half in combinations(sorted(keys), len(keys) // 2)]


def chart(body):
    """The resources in the prefetch of a request, each once."""
    values = [value for value in body["prefetch"].values() if value]
    listed = [e["resource"] for v in values for e in v.get("entry", [])] + [v for v in values if "entry" not in v]
    return list({(r["resourceType"], r["id"]): r for r in listed if r["resourceType"] != "Bundle"}.values())


def disagreements(service, body, base, choices):
    """The choices of missing keys under which the cards are not those of the complete request."""
    expected = told(cards(service.post(body)))
    assert expected
    return [keys for keys in choices if told(cards(service.post(lacking(body, keys, base=base)))) != expected]


@pytest.mark.parametrize("hook", HOOKS)
def test_any_half_fetched_gives_the_same_cards(runtime, templates, hook):
    body = complete(hook, templates)
    choices = [NONE, *halves(templates)[:: 1 if hook == "patient-view" else 12]]
    with Stub(answers_of(body, templates)) as server:
        service = Service(runtime, [server.base], **SLOW)
        assert disagreements(service, body, server.base, choices) == []


@pytest.mark.parametrize("hook", HOOKS)
def test_a_real_fhir_server_gives_the_same_cards(runtime, templates, real, hook):
    body = complete(hook, templates)
    real.load(chart(body))
    service = Service(runtime, [real.base], **SLOW)
    assert disagreements(service, body, real.base, [NONE, *halves(templates)[::25]]) == []
    assert service.outcomes().keys() == {"satisfied", "fetched"}


def test_a_real_fhir_server_that_refuses_the_token_leaves_everything_missing(runtime, templates, real):
    service = Service(runtime, [real.base], **SLOW)
    body = lacking(complete("patient-view", templates), base=real.base, access_token="another")
    assert service.post(body).status_code == 412
    assert service.outcomes() == {"unauthorized": 1}


def test_a_real_fhir_server_without_the_patient_is_no_all_clear(runtime, templates, real):
    real.load([])
    service = Service(runtime, [real.base], **SLOW)
    answer = service.post(lacking(complete("patient-view", templates), base=real.base))
    assert "prefetch patient" in diagnostics(answer, 412)
    assert service.outcomes("patient") == {"not-found": 1}


@pytest.mark.parametrize("path", VIGNETTES, ids=lambda path: path.stem)
def test_every_vignette_is_answered_alike_from_prefetch_none_and_either_half(runtime, templates, path):
    body = request_of(told_in(path)["chart"])
    still = replace(runtime, now=lambda: NOW)
    evens, odds = set(sorted(templates)[::2]), set(sorted(templates)[1::2])
    with Stub(answers_of(body, templates)) as server:
        service = Service(still, [server.base], **SLOW)
        expected = told(cards(service.post(body)))
        for keys in (NONE, evens, odds):
            assert told(cards(service.post(lacking(body, keys, base=server.base)))) == expected
