"""A service whose one client may name a FHIR server, and requests that lack some of their prefetch."""

import copy
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cards import IF_SENT, prefetch_templates
from cds_service.call.fhir_access import Gateway
from cds_service.trust.clients import Client, Clients
from cds_service.web.app import create_app
from cds_service.web.runtime import Runtime
from tests.calls import post, request_for
from tests.conftest import settings_with
from tests.counted import counted_by

BASE = "https://fhir.example/r4"
TOKEN = "never-to-be-shown-7f3a"


class Service:
    """A service with authentication off whose clients file lists some FHIR servers."""

    def __init__(self, runtime, servers, deadline=0.4, timeout=0.35):
        clients = Clients({"ehr": Client("ehr", "ehr", fhir_servers=tuple(servers))})
        gateway = Gateway(deadline, timeout)
        known = (settings_with(), runtime.knowledge, runtime.keys)
        self.runtime = Runtime(*known, clients=clients, fhir=gateway, now=runtime.now)
        self.client = create_app(self.runtime).test_client()

    def post(self, body):
        """The answer to a request of its hook."""
        return post(self.client, body, f"magnesium-{body['hook']}")

    def outcomes(self, key="magnesium"):
        """How often a key had which outcome."""
        return counted_by(self.runtime, "prefetch_keys_total", "outcome", key=key)


@pytest.fixture
def runtime(runtime):
    """The runtime with a clock that stands: answers are compared, and a draft tells the second of its call."""
    still = datetime.now(UTC)
    return replace(runtime, now=lambda: still)


@pytest.fixture
def templates(runtime):
    """The prefetch templates."""
    return prefetch_templates(runtime.knowledge)


@pytest.fixture
def further(runtime):
    """The queries of a second look at a patient without heart block."""
    return {asked.key: asked.query(runtime.knowledge) for asked in IF_SENT if not asked.beside}


@pytest.fixture
def service(runtime):
    """A service that may read BASE."""
    return Service(runtime, [BASE], deadline=30.0, timeout=30.0)


def complete(hook="patient-view", templates=()):
    """A request with a value for every key, also for those of a second look."""
    body = request_for(hook)
    for key in (*templates, *(asked.key for asked in IF_SENT)) if templates else ():
        body["prefetch"].setdefault(key, {"resourceType": "Bundle", "type": "searchset", "total": 0})
    return body


def lacking(body, keys=None, base=BASE, **authorization):
    """The request without some prefetch keys (None: without any), with access to a FHIR server."""
    made = copy.deepcopy(body)
    made["prefetch"] = {k: v for k, v in made["prefetch"].items() if keys is not None and k not in keys}
    given = {"access_token": TOKEN, "token_type": "Bearer", "expires_in": 300, "scope": "patient/*.rs", "subject": "s"}
    given |= {"patient": made["context"]["patientId"], **authorization}
    made["fhirServer"] = base
    made["fhirAuthorization"] = {key: value for key, value in given.items() if value is not None}
    return made


def told(cards):
    """Cards without what differs from call to call: ids, and which version an order is that a server brings back."""
    if isinstance(cards, dict):
        return {key: told(value) for key, value in cards.items() if key not in ("uuid", "meta")}
    return [told(item) for item in cards] if isinstance(cards, list) else cards
