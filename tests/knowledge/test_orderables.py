"""What a site orders by its own codes: they come first on our orders, and an order by them is known again."""

import pytest

from cards import KnowledgeError
from cds_service.curate.orderables import unmapped
from tests.knowledge.asking import MAGNESIUM, ask, drafted, knowledge, result

LOW = result(MAGNESIUM, 1.5, "mg/dL")
OWN = "urn:oid:2.999.5"
SITE = f"""
orderables:
  tests:
    magnesium: {{system: "{OWN}", code: "0417", display: MAGNESIUM LEVEL}}
  products:
    glycinate: {{system: "{OWN}", code: MG100, display: MAG GLYCINATE 100}}
"""


def ordered_tests(said):
    """The orders of tests."""
    actions = [a for card in said.cards for s in card.body.get("suggestions", ()) for a in s["actions"]]
    return [a["resource"] for a in actions if a.get("resource", {}).get("resourceType") == "ServiceRequest"]


def codes(concept):
    return [(coding["system"], coding["code"]) for coding in concept["coding"]]


def test_a_mapped_order_carries_the_sites_code_first_and_ours_after_it():
    with_own, without = ask(SITE, LOW), ask(None, LOW)
    assert codes(drafted(with_own)["medicationCodeableConcept"])[0] == (OWN, "MG100")
    assert codes(drafted(with_own)["medicationCodeableConcept"])[1:] == codes(
        drafted(without)["medicationCodeableConcept"]
    )
    own = {order["code"]["text"]: codes(order["code"]) for order in ordered_tests(with_own)}
    ours = {order["code"]["text"]: codes(order["code"]) for order in ordered_tests(without)}
    assert own["Magnesium (serum)"] == [(OWN, "0417"), *ours["Magnesium (serum)"]]
    assert {name: told for name, told in own.items() if not name.startswith("Magnesium")} == {
        name: told for name, told in ours.items() if not name.startswith("Magnesium")
    }


def test_a_test_that_is_ordered_by_the_sites_code_is_not_ordered_again():
    (recheck,) = [order for order in ordered_tests(ask(SITE, LOW)) if order["code"]["text"] == "Magnesium (serum)"]
    standing = {**recheck, "id": "t1", "status": "active", "code": {"coding": [{"system": OWN, "code": "0417"}]}}
    for site, again in ((SITE, False), (None, True)):
        texts = [order["code"]["text"] for order in ordered_tests(ask(site, LOW, standing))]
        assert ("Magnesium (serum)" in texts) is again


def test_what_is_not_mapped_is_listed():
    named = unmapped(knowledge(SITE))
    assert "orderables.tests.magnesium" not in named and "orderables.products.glycinate" not in named
    assert "orderables.tests.ecg" in named and "orderables.products.iv_4g" in named
    assert len(unmapped(knowledge(None))) == len(named) + 2


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (
            "orderables:\n  tests:\n    magnesum: {system: a, code: b, display: c}",
            ":3: orderables.tests: 'magnesum' is never ordered; did you mean magnesium",
        ),
        (
            "orderables:\n  products:\n    iv_3g: {system: a, code: b, display: c}",
            ":3: orderables.products: 'iv_3g' is never ordered; did you mean iv_",
        ),
        (
            "orderables:\n  tests:\n    ecg: {system: a, code: b}",
            ":3: orderables.tests: each needs exactly code, display, system",
        ),
        ("orderables:\n  tests: [ecg]", ":2: orderables.tests needs a mapping of ids"),
        ("orderables:\n  medicines: {}", ":2: unknown key 'medicines'"),
        ("orderables: []", ":1: orderables needs a mapping"),
    ],
)
def test_what_cannot_be_mapped_stops_the_start_with_file_line_and_reason(text, reason):
    with pytest.raises(KnowledgeError) as refused:
        knowledge(text)
    assert reason in str(refused.value)
