"""A hospital's protocol over HTTP: what it orders is offered on the chart, and its drafts are judged by it."""

import pytest

from cds_service.run.start import runtime_of
from cds_service.web.app import create_app
from tests.calls import SERVICE_OF, cards, patient_view, post
from tests.conftest import settings_with

PROTOCOL = """protocol: ours
unit: mg/dL
approved: {by: Jane Example, role: PharmD, date: 2027-01-15}
rows:
  - row: low
    level: "<= 1.8"
    give: ["sulfate 10 g IV over 10 h"]
    recheck: 6 h after end
limits: {iv_24h: 12 g, because: telemetry}
"""
DAY, ASTHMA = "10 g in 24 h is above 8 g", "10 g is above 2.5 g (acute severe asthma)"


@pytest.fixture
def hospital(tmp_path):
    """A client of a service whose site file names a protocol."""
    (tmp_path / "ours.yaml").write_text(PROTOCOL, encoding="utf-8")
    (tmp_path / "site.yaml").write_text("protocol: ours.yaml\n", encoding="utf-8")
    return create_app(runtime_of(settings_with(site=tmp_path / "site.yaml"))).test_client()


def ordered(response):
    """The magnesium that the cards offer: the order of each button that creates one."""
    offered = (a for card in cards(response) for s in card.get("suggestions", ()) for a in s["actions"])
    made = (action["resource"] for action in offered if action["type"] == "create")
    return [order for order in made if order["resourceType"] == "MedicationRequest"]


def drafted(hook, order, reason=None):
    """A request of an ordering hook for the patient of the patient-view request, with that order as its draft."""
    made = patient_view()
    draft = {**order, "id": "d1", "intent": "order", **({"reasonCode": [{"text": reason}]} if reason else {})}
    drafts = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": draft}]}
    selected = {"selections": ["MedicationRequest/d1"]} if hook == "order-select" else {}
    return {**made, "hook": hook, "context": {**made["context"], "draftOrders": drafts, **selected}}


def said(client, body):
    """All that the cards say."""
    told = cards(post(client, body, SERVICE_OF[body["hook"]]))
    return "\n".join(f"{card['summary']} {card['detail']}" for card in told)


def test_the_chart_offers_what_the_protocol_orders(hospital):
    answer = post(hospital, patient_view())
    assert any("by protocol sulfate 10 g IV over 10 h" in card["summary"] for card in cards(answer))
    assert ordered(answer)[0]["dosageInstruction"][0]["doseAndRate"][0]["doseQuantity"]["value"] == 10


@pytest.mark.parametrize("hook", ["order-select", "order-sign"])
def test_its_order_as_a_draft_is_judged_by_it_unless_it_is_for_something_else(hospital, client, hook):
    (order, *_) = ordered(post(hospital, patient_view()))
    assert DAY in said(client, drafted(hook, order))
    assert DAY not in said(hospital, drafted(hook, order))
    assert ASTHMA in said(hospital, drafted(hook, order, reason="asthma"))
