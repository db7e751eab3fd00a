"""Vital signs are read whenever they are sent, in every form in which they come; nothing of them is asked for."""

from dataclasses import replace
from typing import Any

import pytest

from cards import prefetch_templates
from cards.chart import Chart, inputs
from cards.chart.sorting import What, Why
from tests.cards.chart import LOCAL, LOINC, NOW, UCUM, Json, ago, decide, knowledge, snapshot

PRESSURE, RATE = "systolic_pressure", "respiratory_rate"


def chart(key: str, *resources: Json) -> Chart:
    """A chart with vital signs under a key."""
    shot = snapshot({"magnesium": 1.2, "setting": "inpatient"})
    listed = {**shot.resources, key: [*shot.resources.get(key, ()), *resources]}
    return Chart(replace(shot, resources=listed), knowledge(), NOW)


def quantity(value: float, unit: str = "mm[Hg]") -> Json:
    return {"value": value, "unit": unit, "system": UCUM, "code": unit}


def sign(*codes: str, **more: Any) -> Json:
    concept = {"coding": [{"system": LOINC, "code": code} for code in codes]}
    made = {"resourceType": "Observation", "id": "v1", "status": "final", "code": concept}
    return {**made, "effectiveDateTime": ago(1), **more}


def panel(*parts: Json, **more: Any) -> Json:
    """A blood pressure as a pair."""
    return sign("85354-9", component=list(parts), **more)


SYSTOLIC = {"code": {"coding": [{"system": LOINC, "code": "8480-6"}]}, "valueQuantity": quantity(84)}
DIASTOLIC = {"code": {"coding": [{"system": LOINC, "code": "8462-4"}]}, "valueQuantity": quantity(50)}


@pytest.mark.parametrize("key", ["vital_signs", "results", "magnesium", "vitals_of_the_ward"])
def test_a_pressure_counts_under_whatever_key(key: str) -> None:
    read = chart(key, sign("8480-6", valueQuantity=quantity(84)))
    assert read.vital_signs[PRESSURE].value == 84 and read.conditions["hypotension"].measured


def test_a_component_of_a_blood_pressure_counts_with_the_time_and_status_of_the_pair() -> None:
    assert chart("vital_signs", panel(DIASTOLIC, SYSTOLIC)).vital_signs[PRESSURE].value == 84
    for more in ({"status": "entered-in-error"}, {"effectiveDateTime": ago(3)}, {"status": "preliminary"}):
        assert PRESSURE not in chart("vital_signs", panel(SYSTOLIC, **more)).vital_signs
    absent = {**SYSTOLIC, "dataAbsentReason": {"text": "not measured"}}
    del absent["valueQuantity"]
    assert PRESSURE not in chart("vital_signs", panel(absent)).vital_signs


def test_a_pair_of_a_system_that_nobody_knows_is_not_read_and_changes_nothing() -> None:
    part = {"code": {"coding": [{"system": LOCAL, "code": "SYS"}]}, "valueQuantity": quantity(84)}
    read = chart("vital_signs", panel(part))
    assert not read.vital_signs and "hypotension" not in read.conditions


@pytest.mark.parametrize("name", ["Systolic blood pressure", "SBP", "BP systolic", "systolic"])
def test_a_pressure_without_a_code_is_known_by_its_name(name: str) -> None:
    read = chart("vital_signs", sign(code={"text": name}, valueQuantity=quantity(84, "mmHg")))
    assert read.vital_signs[PRESSURE].value == 84


@pytest.mark.parametrize("unit", ["/min", "{breaths}/min", "breaths/min", "1/min", "bpm"])
def test_a_rate_is_read_in_each_spelling_of_its_unit(unit: str) -> None:
    assert chart("vital_signs", sign("9279-1", valueQuantity=quantity(10, unit))).vital_signs[RATE].value == 10


def test_a_vital_sign_in_an_unknown_unit_is_counted_as_not_understood() -> None:
    read = chart("vital_signs", sign("8480-6", valueQuantity=quantity(84, "furlong")))
    assert not read.vital_signs
    assert [(kind.what, kind.why) for kind in read.not_understood] == [(What.RESULT, Why.UNIT)]


def test_of_two_pressures_of_one_time_the_lower_counts() -> None:
    low, high = (sign("8480-6", id=f"v{n}", valueQuantity=quantity(n)) for n in (84, 120))
    for listed in ((low, high), (high, low)):
        assert chart("vital_signs", *listed).vital_signs[PRESSURE].value == 84


def test_no_service_asks_for_vital_signs() -> None:
    queries = " ".join(prefetch_templates(knowledge()).values())
    assert not any(f"|{code}" in queries for code in ("8480-6", "8478-0", "9279-1", "8867-4"))
    assert {asked.key for asked in inputs.IF_SENT}.isdisjoint(prefetch_templates(knowledge()))


@pytest.mark.parametrize("asked", inputs.IF_SENT, ids=lambda asked: asked.key)
@pytest.mark.parametrize("level", [1.2, 2.0, 3.2])
def test_what_nobody_asked_for_is_not_missed_when_it_fails(asked: inputs.Input, level: float) -> None:
    shot = snapshot({"magnesium": level, "setting": "inpatient", "labs": {"egfr": 80}})
    key = frozenset({asked.key})
    failed = replace(shot, missing=shot.missing | key, failed=shot.failed | key)
    assert [card.body for card in decide(failed).cards] == [card.body for card in decide(shot).cards]
