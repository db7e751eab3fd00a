"""Every order that could be offered is valid FHIR R4: all doses, salts, alternatives and tests."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from fhir.resources.R4B import get_fhir_model_class

from cards.answer import orders
from cards.chart import Chart as PatientChart
from cards.model import DraftMedication, DraftTest
from cards.plan.doses import _iv_order, alternative
from cards.plan.oral_doses import _oral_order
from tests.cards.chart import NOW, knowledge, snapshot
from tests.each import ask_each

Doses = Iterator[tuple[str, DraftMedication]]


@pytest.fixture(scope="module")
def facts() -> PatientChart:
    """A patient with a low magnesium, so that the reason of the order is there too."""
    return PatientChart(snapshot({"magnesium": 1.2}), knowledge(), NOW)


def _medications() -> Doses:
    doses = knowledge().doses
    for situation, gates in doses.iv.items():
        yield from (
            (f"iv-{situation}-{gate.name}", _iv_order(steps, knowledge().words)) for gate, steps in gates.items()
        )
    for salt in doses.salts.values():
        yield from ((f"{salt.id}-{daily}", _oral_order(salt, daily, knowledge())) for daily in salt.daily)
    yield from ((name, alternative(name, knowledge())) for name in doses.alternatives)


MEDICATIONS = dict(_medications())


def valid(resource: dict[str, Any]) -> bool:
    """Whether the model takes it and gives it back unchanged."""
    model = get_fhir_model_class(resource["resourceType"]).model_validate(resource)
    return bool(json.loads(model.model_dump_json(exclude_none=True)) == resource)


@pytest.mark.parametrize("name", MEDICATIONS)
def test_a_medication_order_is_valid(name: str, facts: PatientChart) -> None:
    description, resource = orders.medication_request(MEDICATIONS[name], facts)
    assert valid(resource)
    assert (resource["status"], resource["intent"]) == ("draft", "proposal")
    assert "id" not in resource
    assert description.startswith("Draft order: ")


@pytest.mark.parametrize("test", knowledge().tests)
def test_a_test_order_is_valid(test: str, facts: PatientChart) -> None:
    def is_valid(when: str) -> None:
        description, resource = orders.service_request(DraftTest(test, when), facts)
        assert valid(resource)
        assert (resource["status"], resource["intent"]) == ("draft", "proposal")
        assert knowledge().tests[test].text in description

    ask_each(knowledge().monitoring, is_valid)


def test_every_gate_and_salt_has_an_order() -> None:
    doses = knowledge().doses
    assert {f"iv-{situation}-{gate.name}" for situation, gates in doses.iv.items() for gate in gates} <= set(
        MEDICATIONS
    )
    for gates in doses.oral.values():
        for daily in gates.values():
            assert any(daily in doses.salts[name].daily for name in doses.preferred)


def test_the_product_of_an_infusion_holds_what_is_given() -> None:
    for name, order in MEDICATIONS.items():
        grams = knowledge().products[order.product].grams
        if name.startswith("iv-"):
            assert grams and all(step.quantity % grams == 0 for step in order.steps), name


def test_no_order_is_above_the_ceilings() -> None:
    for name, order in MEDICATIONS.items():
        if name.startswith("iv-"):
            ceiling = {"R0": 8, "R1": 4, "R2": 2, "R3": 2, "R4": 2}[name[-2:]]
            assert sum(step.quantity for step in order.steps) <= ceiling, name
        elif order.elemental_mg_per_day is not None:
            assert order.elemental_mg_per_day <= 600, name
