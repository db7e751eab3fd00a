"""Magnesium in every unit a laboratory writes: the conversion table row by row, rounding, limits, refusals."""

import pytest

from cards.chart import Chart as PatientChart
from cards.model import Band, Doubt
from cards.units import round_half_up
from tests.cards.chart import NOW, knowledge, snapshot

# mg/dL, mmol/L, mEq/L: the table a clinician would look up
TABLE = (
    *((0.7, 0.29, 0.58), (0.9, 0.37, 0.74), (1.0, 0.41, 0.82), (1.1, 0.45, 0.91), (1.2, 0.49, 0.99)),
    *((1.3, 0.53, 1.07), (1.4, 0.58, 1.15), (1.5, 0.62, 1.23), (1.6, 0.66, 1.32), (1.7, 0.70, 1.40)),
    *((1.8, 0.74, 1.48), (2.0, 0.82, 1.65), (2.07, 0.85, 1.70), (2.4, 0.99, 1.97), (2.6, 1.07, 2.14)),
    *((4.8, 1.97, 3.95), (8.4, 3.46, 6.91), (9.6, 3.95, 7.90), (12, 4.94, 9.87)),
)
BANDS = (
    *((0.9, Band.CRITICAL_LOW), (1.0, Band.SEVERE), (1.2, Band.SEVERE), (1.3, Band.MODERATE), (1.4, Band.MODERATE)),
    *((1.5, Band.MILD), (1.6, Band.MILD), (1.7, Band.SUBOPTIMAL), (2.0, Band.SUBOPTIMAL), (2.1, Band.NORMAL)),
    *((2.6, Band.NORMAL), (2.7, Band.HIGH), (4.8, Band.HIGH), (4.9, Band.CRITICAL_HIGH)),
)


def facts_of(**magnesium: object) -> PatientChart:
    """The facts of an adult with this magnesium result."""
    return PatientChart(snapshot({"magnesium": magnesium}), knowledge(), NOW)


def x_of(value: float, unit: str | None, **more: object) -> float | None:
    """The canonical value, or None when the result was refused."""
    found = facts_of(value=value, unit=unit, **more).magnesium
    return found.x if found else None


@pytest.mark.parametrize(("mg_dl", "mmol", "meq"), TABLE, ids=lambda value: f"{value:g}")
def test_the_conversion_table(mg_dl: float, mmol: float, meq: float) -> None:
    assert x_of(mg_dl, "mg/dL") == x_of(mmol, "mmol/L") == mmol
    assert x_of(mg_dl * 10, "mg/L") == x_of(mg_dl / 2.4305 * 1000, "umol/L") == mmol
    assert round_half_up(mg_dl / 2.4305 * 2) == meq
    read = x_of(meq, "mEq/L")
    assert read is not None and abs(read - mmol) < 0.0101


@pytest.mark.parametrize(("mg_dl", "band"), BANDS)
def test_the_bands_in_steps_of_a_tenth(mg_dl: float, band: Band) -> None:
    found = facts_of(value=mg_dl, unit="mg/dL").magnesium
    assert found and found.band is band


@pytest.mark.parametrize(
    ("value", "shown"), [(0.695, 0.70), (0.6949, 0.69), (0.405, 0.41), (0.495, 0.50), (0.595, 0.60), (1.075, 1.08)]
)
def test_rounding_is_half_up_never_half_even(value: float, shown: float) -> None:
    assert x_of(value, "mmol/L") == shown


def test_a_normal_lower_value_in_mass_units_is_not_low() -> None:
    at_the_limit, severe = facts_of(value=1.7, unit="mg/dL"), facts_of(value=1.2, unit="mg/dL")
    assert at_the_limit.magnesium and at_the_limit.magnesium.x == 0.70 and at_the_limit.low is None
    assert severe.low and severe.low.x == 0.49 and severe.low.band is Band.SEVERE


@pytest.mark.parametrize("unit", ["MG/DL", "mg / dL", "mg%", "meq/l", "MMOL/L", "\u00b5mol/L", "\u03bcmol/L"])
def test_spellings_that_mean_the_same_are_read(unit: str) -> None:
    assert x_of(2.0 if "mol" not in unit or "MMOL" in unit else 820, unit) is not None


@pytest.mark.parametrize("unit", [None, "", "mg", "dL", "mg/kg", "g/L", "mmol/mol", "mg/dl/24h", "1", "meq", "%"])
def test_an_unknown_unit_is_a_refusal_never_a_guess(unit: str | None) -> None:
    facts = facts_of(value=1.2, unit=unit)
    assert facts.magnesium is None
    assert [refused.why for refused in facts.unreadable_magnesium] == [Doubt.NO_UNIT]


def test_a_unit_and_a_code_that_contradict_are_a_refusal() -> None:
    shot = snapshot({"magnesium": 1.2})
    resource = shot.resources["magnesium"][0]
    quantity = {"value": 1.2, "unit": "mmol/L", "code": "mg/dL"}
    told = PatientChart(
        type(shot)(shot.hook, "p1", {**shot.resources, "magnesium": [{**resource, "valueQuantity": quantity}]}),
        knowledge(),
        NOW,
    )
    assert told.magnesium is None
    assert [refused.why for refused in told.unreadable_magnesium] == [Doubt.TWO_UNITS]


@pytest.mark.parametrize(
    ("value", "comparator", "x"),
    [(0.5, "<", 0.20), (0.5, "<=", 0.21), (1.7, "<", 0.69), (2.6, ">", 1.08), (5, ">=", 2.06)],
)
def test_a_comparator_is_a_bound(value: float, comparator: str, x: float) -> None:
    assert x_of(value, "mg/dL", comparator=comparator) == x


@pytest.mark.parametrize("code", ["19123-9", "2601-3", "35249-2", "2593-2"])
def test_the_unit_decides_not_the_code(code: str) -> None:
    assert x_of(1.4, "meq/L", code=code) == 0.70
    assert x_of(1.7, "mg/dL", code=code) == 0.70


@pytest.mark.parametrize("value", [True, "1.2", None, [], {}, float("nan"), float("inf"), 1e300])
def test_a_value_that_is_no_number_is_a_refusal(value: object) -> None:
    facts = facts_of(value=value, unit="mg/dL")
    assert facts.magnesium is None and len(facts.unreadable_magnesium) == 1


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ({"valueString": "1.2"}, "1.2"),
        ({"valueString": "<0.5 mg/dL"}, "<0.5 mg/dL"),
        ({"valueString": "1.2 L"}, "1.2"),
        ({"valueString": "1 [x](http://evil)"}, ""),
        ({"valueQuantity": {"value": 2.0}}, "2.0"),
        ({"valueQuantity": {"value": 1.25, "unit": "ug/mL"}}, "1.25 ug/mL"),
        ({"valueQuantity": {"value": 1.25, "unit": "STOP"}}, ""),
    ],
)
def test_of_an_unreadable_result_only_a_number_and_a_unit_are_shown(sent: dict[str, object], shown: str) -> None:
    shot = snapshot({"magnesium": {"value": None}})
    resource = {**shot.resources["magnesium"][0], **sent}
    facts = PatientChart(type(shot)(shot.hook, "p1", {**shot.resources, "magnesium": [resource]}), knowledge(), NOW)
    assert [refused.sent for refused in facts.unreadable_magnesium] == [shown]
