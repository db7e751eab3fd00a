"""Calls as the Da Vinci CRD request generator makes them: an open server, an empty token, keys of its own."""

from dataclasses import replace

import pytest

from cards import IF_SENT, prefetch_templates
from cds_service.call.fhir_access import Gateway
from cds_service.trust.clients import Client, Clients
from cds_service.web.app import create_app
from tests.calls import cards, post, request_for
from tests.fhir.stub import Stub, answers_of
from tests.machine import LONG_S

HOOKS = ("order-select", "order-sign")
EMPTY = {"resourceType": "Bundle", "type": "searchset", "entry": []}
TOKENS = [{"access_token": ""}, {}]


def whole(runtime, hook):
    """The call with everything prefetched, and what a server answers to each query."""
    queries = prefetch_templates(runtime.knowledge)
    queries |= {asked.key: asked.query(runtime.knowledge) for asked in IF_SENT}
    body = request_for(hook)
    body["prefetch"] = {key: body["prefetch"].get(key, EMPTY) for key in queries}
    return body, answers_of(body, queries)


def generated(body, server, token, prefetch=True):
    """The same call as it is generated: a stay that nobody has, scopes that name two types, its own prefetch."""
    drafts = body["context"]["draftOrders"]["entry"]
    access = {"token_type": "Bearer", "expires_in": 300, "subject": "cds-service4", **token}
    access["scope"] = "patient/Patient.read patient/Observation.read"
    made = {
        "hook": body["hook"],
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "fhirServer": server,
        "fhirAuthorization": access,
        "context": {**body["context"], "userId": "Practitioner/example", "encounterId": "enc89284"},
        "extension": {"davinci-crd.configuration": {"alt-drug": True}},
    }
    made["context"]["draftOrders"] = {"resourceType": "Bundle", "entry": drafts}
    if prefetch:
        beside = [*drafts, {"resource": body["prefetch"]["patient"]}, {"resource": coverage(body)}]
        bundle = {"resourceType": "Bundle", "type": "collection", "entry": beside}
        made["prefetch"] = {"medicationRequestBundle": bundle}
    return made


def coverage(body):
    """What it sends beside each order."""
    patient = {"reference": f"Patient/{body['context']['patientId']}"}
    return {"resourceType": "Coverage", "id": "cov1", "status": "active", "beneficiary": patient, "payor": [patient]}


@pytest.mark.parametrize("prefetch", [True, False], ids=["prefetch", "no prefetch"])
@pytest.mark.parametrize("token", TOKENS, ids=["empty token", "no token"])
@pytest.mark.parametrize("hook", HOOKS)
def test_it_is_answered_as_a_call_with_everything_prefetched(runtime, hook, token, prefetch):
    body, answers = whole(runtime, hook)
    with Stub(answers) as server:
        listed = Client("crd", "crd", fhir_servers=(server.base,), open_servers=frozenset([server.base]))
        here = replace(runtime, clients=Clients({"crd": listed}), fhir=Gateway(LONG_S, LONG_S))
        client = create_app(here).test_client()
        expected = [card["summary"] for card in cards(post(client, body, f"magnesium-{hook}"))]
        told = cards(post(client, generated(body, server.base, token, prefetch), f"magnesium-{hook}"))
        assert expected and [card["summary"] for card in told] == expected
        assert {authorization for _, _, authorization in server.log} == {None}
