"""The worked cases, sent as requests over HTTP: what a careful clinical pharmacist would want to see."""

import re
from pathlib import Path

import pytest

from cards.model import Card, Indicator, Problem
from cds_service.run.settings import Auth, Settings
from cds_service.run.start import runtime_of
from cds_service.web.app import create_app
from tests.cards import answer
from tests.cards.chart import NOW, snapshot
from tests.told import told_in

CASES = [told_in(p) for p in sorted((Path("fixtures") / "vignettes").glob("*.yaml"))]
URGENCY = ["info", "warning", "critical"]
TOLERANCE = 0.02


@pytest.fixture(scope="module")
def client():
    """A client of a service whose clock stands at the moment of the charts."""
    runtime = runtime_of(Settings(auth=Auth.OFF))
    return create_app(type(runtime)(runtime.settings, runtime.knowledge, runtime.keys, now=lambda: NOW)).test_client()


def request_of(told):
    """The hook request of a chart, everything prefetched."""
    chart = snapshot(told)
    context = {"userId": "Practitioner/1", "patientId": chart.patient_id}
    if chart.encounter_id:
        context["encounterId"] = chart.encounter_id
    if chart.drafts:
        context["draftOrders"] = bundle(chart.drafts)
    if chart.hook == "order-select":
        context["selections"] = sorted(chart.selections or ())
    prefetch = {key: bundle(listed) for key, listed in chart.resources.items() if key != "patient"}
    return {
        "hook": chart.hook,
        "hookInstance": "00000000-0000-4000-8000-000000000001",
        "context": context,
        "prefetch": {**prefetch, "patient": next(iter(chart.resources["patient"]), None)},
    }


def bundle(resources):
    """A searchset."""
    return {"resourceType": "Bundle", "type": "searchset", "entry": [{"resource": r} for r in resources]}


def problems(expect, bodies):
    """What is wrong with the cards, in words."""
    cards = [Card("", Problem.LOW_MAGNESIUM, Indicator.INFO, (), (), body) for body in bodies]
    offered, text = answer.offers(cards), re.sub(r"[*\\]", "", "\n".join(map(answer.text_of, cards)))
    highest = max((b["indicator"] for b in bodies), key=URGENCY.index, default=None)
    wrong = ["a card"] * (expect["cards"] == "none" and bool(bodies)) + ["no card"] * (
        expect["cards"] == "some" and not bodies
    )
    if bodies and highest not in expect.get("indicator", URGENCY):
        wrong.append(f"indicator {highest}")
    wrong += [f"does not offer {kind}" for kind in expect.get("offers", []) if kind not in offered]
    wrong += [f"offers {kind}" for kind in expect.get("offers_not", []) if kind in offered]
    wrong += [f"does not say {said}" for said in expect.get("says", []) if not re.search(said, text, re.IGNORECASE)]
    for order in answer.magnesium_orders(cards, iv=True):
        wrong += outside("IV grams", answer.iv_grams(order), expect.get("iv_grams"))
        wrong += outside("g/h", answer.iv_rate(order), [0, expect.get("iv_rate_at_most", 9)])
    for order in answer.magnesium_orders(cards, iv=False):
        wrong += outside("oral mg", answer.oral_mg(order), expect.get("oral_mg"))
    return wrong


def outside(what, value, limits):
    """What is wrong when a value is outside of its limits."""
    if limits is None or limits[0] * (1 - TOLERANCE) <= value <= limits[1] * (1 + TOLERANCE):
        return []
    return [f"{what} {value}, not {limits}"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['id']} {case['name']}")
def test_vignette(client, case):
    service = f"magnesium-{case['chart']['hook']}"
    response = client.post(f"/cds-services/{service}", json=request_of(case["chart"]))
    assert response.status_code == 200, response.get_json()
    bodies = response.get_json()["cards"]
    assert not problems(case["expect"], bodies), [f"{b['indicator']}: {b['summary']}\n{b['detail']}" for b in bodies]


def test_there_are_vignettes():
    assert len(CASES) >= 44
