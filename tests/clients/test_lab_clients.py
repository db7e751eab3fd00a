"""Every worked case through a record system of each dialect, over HTTP: decided alike, and all of it can be taken."""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

from cards import IF_SENT, prefetch_templates
from cds_service.call.fhir_access import Gateway
from cds_service.dialects import shipped
from cds_service.run.settings import Auth
from cds_service.trust.clients import Client, Clients
from cds_service.web.app import create_app
from cds_service.web.runtime import Runtime
from tests.cards.chart import NOW, cases
from tests.clients.lab import (
    EPIC,
    ORACLE,
    REGISTERED,
    STANDARD,
    VENDORS,
    hidden_by_override,
    is_placed,
    orders,
    removals,
    untakeable,
)
from tests.conftest import settings_with
from tests.fhir.stub import Stub, answers_of
from tests.machine import LONG_S
from tests.service.test_vignettes import problems, request_of
from tests.told import told_in
from tests.trust.ehr import BASE

VIGNETTES = [told_in(path) for path in sorted((Path("fixtures") / "vignettes").glob("*.yaml"))]
# what a request cannot be made of by the hook's own means, or is another site's
_SPECIAL = {"missing", "failed", "partial", "patient_unknown", "protocol", "memory", "user"}
_NTH = 12
_NTH_FETCHED = 40


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """A case as a call: its id, the request with everything prefetched, what it must be answered, if that is told."""

    name: str
    request: dict
    expect: dict | None = None


@cache
def calls():
    """Every worked case, and one in twelve of the cases of the rules."""
    worked = [Call(told["id"], request_of(told["chart"]), told["expect"]) for told in VIGNETTES]
    plain = [(f"{rule}: {case['name']}", case["chart"]) for rule, case in cases() if _SPECIAL.isdisjoint(case["chart"])]
    return worked + [Call(name, request_of(chart)) for name, chart in plain[::_NTH]]


def calls_of(vendor):
    """The calls that a record system makes; where each reads a server, fewer."""
    made = [call for call in calls() if call.request["hook"] in vendor.hooks]
    return [call for n, call in enumerate(made) if call.expect or not vendor.fetched or n % _NTH_FETCHED == 0]


class Served:
    """The service, listed with a client for each record system, and what it answers to each."""

    def __init__(self, runtime, folder, server=""):
        clients = {v.ehr.issuer: self._client(v, folder, server) for v in VENDORS}
        settings = settings_with(auth=Auth.REQUIRED, base_url=BASE)
        known = (settings, runtime.knowledge, runtime.keys, Clients(clients))
        here = Runtime(*known, fhir=Gateway(LONG_S, LONG_S), now=lambda: NOW)
        self.client = create_app(here).test_client()

    def _client(self, vendor, folder, server):
        keys = folder / f"{vendor.dialect}.json"
        keys.write_text(json.dumps(vendor.ehr.jwks()))
        return Client(
            vendor.dialect,
            vendor.ehr.issuer,
            jwks_file=keys,
            dialect=shipped()[vendor.dialect],
            links=REGISTERED if vendor is ORACLE else (),
            fhir_servers=(server,) if server else (),
        )

    def cards(self, vendor, request):
        """The cards that the record system is answered."""
        path = f"/cds-services/magnesium-{request['hook']}"
        answer = self.client.post(path, json=request, headers=vendor.headers(path))
        assert answer.status_code == 200, answer.get_json()
        return answer.get_json()["cards"]


@pytest.fixture(scope="module")
def served(runtime, tmp_path_factory):
    """The service without a FHIR server."""
    return Served(runtime, tmp_path_factory.mktemp("keys"))


@pytest.fixture(scope="module")
def answered(served, runtime, tmp_path_factory):
    """(call, as specified, as the record system is answered) of every call of a vendor."""
    asked = {}

    def ask(vendor):
        if vendor not in asked:
            asked[vendor] = [(call, specified(call), of(vendor, call.request)) for call in calls_of(vendor)]
        return asked[vendor]

    @cache
    def specified(call):
        return served.cards(STANDARD, call.request)

    def of(vendor, request):
        if not vendor.fetched:
            return served.cards(vendor, vendor.sends(request))
        return fetched(runtime, tmp_path_factory.mktemp("keys"), vendor, request)

    return ask


def fetched(runtime, folder, vendor, request):
    """The answer to a request without data: the service reads them from the system's server."""
    queries = prefetch_templates(runtime.knowledge)
    queries |= {asked.key: asked.query(runtime.knowledge) for asked in IF_SENT}
    empty = {"resourceType": "Bundle", "type": "searchset", "entry": []}
    whole = {**request, "prefetch": {key: request["prefetch"].get(key, empty) for key in queries}}
    with Stub(answers_of(whole, queries)) as server:
        access = {"access_token": "t", "token_type": "Bearer", "expires_in": 300, "scope": "patient/*.read"}
        access |= {"subject": vendor.dialect, "patient": request["context"]["patientId"]}
        bare = {**request, "prefetch": {}, "fhirServer": server.base, "fhirAuthorization": access}
        return Served(runtime, folder, server.base).cards(vendor, bare)


def kinds(cards):
    """What is decided, whatever it is called and however it is ordered."""
    return [(card["indicator"], card["source"]["label"]) for card in cards]


def in_words(cards):
    """All that the cards say, without marks."""
    return re.sub(r"[*\\]", "", "\n".join(card["detail"] for card in cards))


each = pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.dialect)


@each
def test_the_same_is_decided_and_all_of_it_can_be_taken(answered, vendor):
    told = answered(vendor)
    assert sum(bool(cards) for _, _, cards in told) >= 15
    for call, specified, cards in told:
        assert kinds(cards) == kinds(specified), call.name
        assert [wrong for card in cards for wrong in untakeable(card, vendor, is_placed(call.request))] == [], call.name


@each
def test_what_the_worked_cases_ask_for_is_answered(answered, vendor):
    worked = [(call, cards) for call, _, cards in answered(vendor) if call.expect]
    assert len(worked) >= 15
    for call, cards in worked:
        assert problems(expected(call.expect, vendor), cards) == [], call.name


def expected(expect, vendor):
    """What a case asks for; removals that the system does not carry out are words there."""
    kept = [kind for kind in expect.get("offers", []) if kind != "remove" or "delete" in vendor.takes]
    return {**expect, "offers": kept}


@each
def test_every_order_and_removal_is_a_click_or_words(answered, vendor):
    for call, specified, cards in answered(vendor):
        text = in_words(cards)
        for lost in map(json.loads, orders(specified) - orders(cards)):
            assert lost["resourceType"] == "MedicationRequest", call.name
            assert lost["medicationCodeableConcept"]["text"] in text, call.name
        assert orders(cards) <= orders(specified), call.name
        clicked = tuple(removals(cards))
        lost = [one for one in removals(specified) if not any(longer.startswith(one) for longer in clicked)]
        assert not lost or "in the chart: " in text, call.name


def test_an_override_hides_the_card_it_was_given_on_and_no_other(answered):
    for call, _, cards in answered(EPIC):
        assert hidden_by_override(cards) == [], call.name


def test_a_card_that_stays_hidden_is_of_the_same_problem(answered):
    """What a system remembers by topic, over all its patients: one problem, never two."""
    labels = {}
    for _, _, cards in answered(EPIC):
        for card in cards:
            labels.setdefault(card["source"]["topic"]["code"], set()).add(card["source"]["topic"]["display"])
    assert len(labels) >= 5 and all(len(displays) == 1 for displays in labels.values())


@pytest.mark.parametrize("vendor", [v for v in VENDORS if v.remembers], ids=lambda vendor: vendor.dialect)
def test_an_override_in_its_own_words_is_taken(served, vendor):
    request = vendor.sends(next(c.request for c in calls() if c.request["hook"] == "patient-view" and c.expect))
    card, *_ = served.cards(vendor, request)
    reason = {key: card["overrideReasons"][0][key] for key in ("code", "system")}
    told = {"card": card["uuid"], "outcome": "overridden", "outcomeTimestamp": "2026-11-28T20:00:00Z"}
    path = "/cds-services/magnesium-patient-view/feedback"
    body = {"feedback": [{**told, "overrideReasons": [{"reason": reason}]}]}
    assert served.client.post(path, json=body, headers=vendor.headers(path)).status_code == 200
