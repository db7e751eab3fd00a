"""Every worked case through a record system of each dialect, over HTTP: decided alike, and all of it can be taken."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path

import pytest

from cards import IF_SENT, KEYS, Knowledge, further_queries, prefetch_templates
from cds_service.call.fhir_access import Gateway
from cds_service.dialects import shipped
from cds_service.run.settings import Auth, MissingData
from cds_service.trust.clients import Client, Clients
from cds_service.web.app import create_app
from cds_service.web.runtime import Runtime
from tests.calls import outcome
from tests.cards.chart import NOW, cases, knowledge, knowledge_of, snapshot
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
WORKED = slice(len(VIGNETTES))  # they come before the cases of the rules
# a call without a user is none of the specification; what names another patient is sent in tests/service
_NO_CALL = {"user", "foreign", "foreign_drafts"}
# what only a request that brings its data can be made to lack
_LACKS = {"missing", "failed", "partial", "patient_unknown"}
_PARTS = 8
_NEXT = [{"relation": "next", "url": "https://ehr.example/r4?page=2"}]


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """A case as a call: its id, the request with everything prefetched, what it must be answered, if that is told.

    `known`: the knowledge of its site; `whole`: nothing of its data is lacking, and all of it would be asked for.
    """

    name: str
    request: dict
    expect: dict | None = None
    known: Knowledge = field(default_factory=knowledge)
    whole: Callable[[], bool] = lambda: True


@cache
def charts():
    """(id, chart, what it must be answered, if that is told) of every worked case, and every case of the rules."""
    worked = [(told["id"], told["chart"], told["expect"]) for told in VIGNETTES]
    ruled = ((f"{rule}: {case['name']}", case["chart"], None) for rule, case in cases())
    return worked + [one for one in ruled if made(one[1])]


@cache
def nth_call(number):
    """One of them as a call, made when it is asked for: a part of all is tried by each test."""
    name, chart, expect = charts()[number]
    return Call(name, request_of(chart), expect) if expect else call_of(name, chart)


def calls(part=slice(None)):
    """All of them as calls, or a part."""
    return [nth_call(number) for number in range(len(charts()))[part]]


def made(chart):
    """Whether a request can be made of a chart."""
    return _NO_CALL.isdisjoint(chart) and "memory" not in chart


def call_of(name, chart):
    """The call of a chart, with what it lacks left out, failed or cut off."""
    request = request_of(chart)
    sent = request["prefetch"]
    for key in chart.get("missing", ()):
        sent.pop(key, None)
    sent.update({key: outcome() for key in chart.get("failed", ())})
    sent.update({key: {**sent[key], "link": _NEXT} for key in chart.get("partial", ()) if key in sent})
    sent.update({"patient": None} if chart.get("patient_unknown") else {})
    return Call(name, request, known=knowledge_of(chart), whole=lambda: is_whole(chart))


def is_whole(chart):
    """Whether nothing of it is lacking, and a server would be asked for all of it."""
    return _LACKS.isdisjoint(chart) and is_asked_for(chart)


def is_asked_for(chart):
    """Whether a server is asked for all that a chart holds of what no service declares."""
    whole, more = snapshot(chart), {asked.key for asked in IF_SENT}
    first = replace(whole, resources={key: listed for key, listed in whole.resources.items() if key not in more})
    sent = {key for key in more if whole.resources[key]}
    return sent <= further_queries(first, knowledge_of(chart), NOW).keys()


def calls_of(vendor, part=slice(None)):
    """The calls that a record system makes, of a part of all."""
    made = [c for c in calls(part) if c.request["hook"] in vendor.hooks and (not vendor.fetched or c.whole())]
    return made if vendor is not EPIC else [c for c in made if has_ids_of_their_own(c.request)]


def has_ids_of_their_own(request):
    """Whether no two drafts of a request have the same id: one system gives each unsigned order an id of its own."""
    ids = [entry["resource"]["id"] for entry in request["context"].get("draftOrders", {}).get("entry", ())]
    return len(ids) == len(set(ids))


class Served:
    """The service, listed with a client for each record system, and what it answers to each."""

    def __init__(self, known, folder, server=""):
        clients = {v.ehr.issuer: self._client(v, folder, server) for v in VENDORS}
        settings = settings_with(auth=Auth.REQUIRED, base_url=BASE, missing_data=MissingData.CARD)
        known_to = (settings, known, KEYS, Clients(clients))
        here = Runtime(*known_to, fhir=Gateway(LONG_S, LONG_S), now=lambda: NOW)
        self.app = create_app(here)
        self.client = self.app.test_client()

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
def served(tmp_path_factory):
    """The service without a FHIR server, by the knowledge of a site."""
    folder = tmp_path_factory.mktemp("keys")
    return cache(lambda known: Served(known, folder))


@pytest.fixture(scope="module")
def fetching(tmp_path_factory):
    """The service by the knowledge of a site, which reads the data of a request from the system's server."""
    folder = tmp_path_factory.mktemp("keys")
    with Stub({}) as server:
        yield server, cache(lambda known: Served(known, folder, server.base))


@pytest.fixture(scope="module")
def answered(served, fetching):
    """(call, as specified, as the record system is answered) of calls of a vendor."""

    @cache
    def specified(call):
        return served(call.known).cards(STANDARD, call.request)

    def of(vendor, call):
        if vendor is STANDARD:
            return specified(call)
        if vendor.fetched:
            return fetched(*fetching, vendor, call)
        return served(call.known).cards(vendor, vendor.sends(call.request))

    return lambda vendor, some: [(call, specified(call), of(vendor, call)) for call in some]


def fetched(server, served, vendor, call):
    """The answer to a request without data: the service reads them from the system's server."""
    request = call.request
    queries = prefetch_templates(call.known)
    queries |= {asked.key: asked.query(call.known) for asked in IF_SENT}
    empty = {"resourceType": "Bundle", "type": "searchset", "entry": []}
    server.answers = answers_of(
        {**request, "prefetch": {key: request["prefetch"].get(key, empty) for key in queries}}, queries
    )
    access = {"access_token": "t", "token_type": "Bearer", "expires_in": 300, "scope": "patient/*.read"}
    access |= {"subject": vendor.dialect, "patient": request["context"]["patientId"]}
    bare = {**request, "prefetch": {}, "fhirServer": server.base, "fhirAuthorization": access}
    return served(call.known).cards(vendor, bare)


def kinds(cards):
    """What is decided, whatever it is called and however it is ordered."""
    return [(card["indicator"], card["source"]["label"]) for card in cards]


def in_words(cards):
    """All that the cards say, without marks."""
    return re.sub(r"[*\\]", "", "\n".join(card["detail"] for card in cards))


def faults(vendor, call, specified, cards):
    """What is wrong with the answer to one call, in words."""
    if kinds(cards) != kinds(specified):
        yield "another decision"
    for card in cards:
        yield from untakeable(card, vendor, is_placed(call.request))
    if call.expect:
        yield from problems(expected(call.expect, vendor), cards)
    if vendor.remembers:
        yield from (f"{hidden} is hidden by an override of another card" for hidden in hidden_by_override(cards))
    yield from lost(specified, cards)


def expected(expect, vendor):
    """What a case asks for; removals that the system does not carry out are words there."""
    kept = [kind for kind in expect.get("offers", []) if kind != "remove" or "delete" in vendor.takes]
    return {**expect, "offers": kept}


def lost(specified, cards):
    """Orders and removals of an answer as specified that are neither a click nor words, and clicks that it has not."""
    text = in_words(cards)
    for order in map(json.loads, orders(specified) - orders(cards)):
        if order["resourceType"] != "MedicationRequest" or not is_told(order, text):
            yield f"an order is lost: {order}"
    if not orders(cards) <= orders(specified):
        yield "an order that nobody decided"
    clicked = tuple(removals(cards))
    kept = [one for one in removals(specified) if not any(longer.startswith(one) for longer in clicked)]
    if kept and "in the chart: " not in text:
        yield f"removals are lost: {kept}"


def is_told(order, text):
    """Whether words name what an order gives: its product, or each of its doses."""
    steps = [step["text"] for step in order["dosageInstruction"]]
    return order["medicationCodeableConcept"]["text"] in text or all(step in text for step in steps)


@pytest.mark.parametrize("part", range(_PARTS))
def test_of_every_case_the_same_is_decided_and_all_of_it_can_be_taken(answered, part):
    for vendor in VENDORS:
        told = answered(vendor, calls_of(vendor, slice(part, None, _PARTS)))
        assert sum(bool(cards) for _, _, cards in told) >= 50
        wrong = [(call.name, fault) for call, *answers in told for fault in faults(vendor, call, *answers)]
        assert wrong == [], vendor.dialect


def test_the_worked_cases_are_asked_of_every_record_system():
    for vendor in VENDORS:
        assert sum(bool(call.expect) for call in calls_of(vendor, WORKED)) >= 15


def test_a_card_that_stays_hidden_is_of_the_same_problem(answered):
    """What a system remembers by topic, over all its patients: one problem, never two."""
    labels = {}
    for _, _, cards in answered(EPIC, calls_of(EPIC, slice(None, None, _PARTS))):
        for card in cards:
            labels.setdefault(card["source"]["topic"]["code"], set()).add(card["source"]["topic"]["display"])
    assert len(labels) >= 5 and all(len(displays) == 1 for displays in labels.values())


@pytest.mark.parametrize("vendor", [v for v in VENDORS if v.remembers], ids=lambda vendor: vendor.dialect)
def test_an_override_in_its_own_words_is_taken(served, vendor):
    request = vendor.sends(next(c.request for c in calls(WORKED) if c.request["hook"] == "patient-view" and c.expect))
    service = served(knowledge())
    card, *_ = service.cards(vendor, request)
    reason = {key: card["overrideReasons"][0][key] for key in ("code", "system")}
    told = {"card": card["uuid"], "outcome": "overridden", "outcomeTimestamp": "2026-11-28T20:00:00Z"}
    path = "/cds-services/magnesium-patient-view/feedback"
    body = {"feedback": [{**told, "overrideReasons": [{"reason": reason}]}]}
    assert service.client.post(path, json=body, headers=vendor.headers(path)).status_code == 200
