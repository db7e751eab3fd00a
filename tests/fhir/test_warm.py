"""Connections are open before the first call of a process needs them."""

from collections import Counter
from concurrent.futures import wait

import pytest

from cards import INPUTS
from tests.calls import cards
from tests.fhir.conftest import Service, complete, lacking
from tests.fhir.stub import Stub, answers_of
from tests.machine import LONG_S


@pytest.mark.parametrize("asks", [["HEAD"], ["HEAD", "GET"]], ids=["knows heads", "knows no heads"])
def test_connections_are_opened_before_the_first_call_without_token_or_patient(runtime, templates, asks):
    """As many as the first call needs at the same time: it opens none of its own, however slow that is."""
    first = [asked.key for asked in INPUTS if not asked.second_look]
    body = complete("patient-view", templates)
    told = {("metadata", frozenset()): {"resourceType": "CapabilityStatement"}, **answers_of(body, templates)}
    with Stub(told, together=len(first), heads="GET" not in asks) as server:
        service = Service(runtime, [server.base], LONG_S, LONG_S)
        wait(service.runtime.fhir.warm([("", server.base)], len(first)))
        assert Counter(server.log) == {(asked, "/fhir/metadata", None): len(first) for asked in asks}
        opened = set(server.peers)
        assert cards(service.post(lacking(body, first, base=server.base)))
        assert len(opened) == len(first) and set(server.peers) == opened


@pytest.mark.parametrize("fault", ["drop", "half"])
def test_a_server_that_cannot_be_greeted_is_asked_all_the_same(runtime, templates, fault):
    body = complete("patient-view", templates)
    with Stub(answers_of(body, templates), fault=fault) as server:
        service = Service(runtime, [server.base], LONG_S, LONG_S)
        wait(service.runtime.fhir.warm([("", server.base)], 9))
        server.fault = None
        assert cards(service.post(lacking(body, base=server.base)))
