"""Results as laboratories really send them: which one counts, and what is no result (clinical rules s.0.1-0.8, 2.1)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards import Snapshot
from cards.chart import Chart as PatientChart
from cards.chart.fhir import amount, number, text
from cards.model import Band, Doubt, Freshness
from tests.cards.chart import LOINC, NOW, Json, ago, knowledge, observation, snapshot
from tests.cards.test_properties import examples

MASS = "mg/dL"
ADULT = {"low": {"value": 18, "unit": "a", "code": "a"}}


def chart(*magnesium: Json, setting: str = "inpatient", **labs: list[Json]) -> Snapshot:
    """A chart with these resources as its results."""
    shot = snapshot({"setting": setting, "patient": {"age": 66}})
    found = {**shot.resources, "magnesium": list(magnesium), **labs}
    return Snapshot(shot.hook, "p1", found, encounter_id="e1")


def facts(*magnesium: Json, setting: str = "inpatient", **labs: list[Json]) -> PatientChart:
    """What is known of that chart."""
    return PatientChart(chart(*magnesium, setting=setting, **labs), knowledge(), NOW)


def result(value: float | None = 1.1, ident: str = "o1", analyte: str = "magnesium", **more: Any) -> Json:
    """An Observation; `more` are elements of it, or `unit`, `hours_ago`, `status`, `code`."""
    short: Json = {key: more.pop(key) for key in ("unit", "hours_ago", "status", "code", "comparator") if key in more}
    return {**observation(ident, analyte, {"value": value, **short}), **more}


def span(low: float | None, high: float | None = None, **more: Any) -> Json:
    """A reference range."""
    sides = {"low": low, "high": high}
    return {**{k: {"value": v, "unit": MASS, "code": MASS} for k, v in sides.items() if v is not None}, **more}


def said(text: str, **more: Any) -> Json:
    """A result in words."""
    return result(None, ident="said", valueString=text, **more)


# reference ranges


def limits(*ranges: Json) -> tuple[float, float]:
    found = facts(result(referenceRange=list(ranges))).magnesium
    assert found is not None
    return found.lower_limit, found.upper_limit


NEWBORN = {"low": {"value": 0, "code": "d"}, "high": {"value": 6, "code": "d"}}
MALE, FEMALE = [{"text": "Male"}], [{"coding": [{"code": "248152002"}]}]


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ([span(1.8, 2.4)], (0.74, 0.99)),
        ([span(1.5, 2.2, age=NEWBORN), span(1.8, 2.4)], (0.74, 0.99)),
        ([span(1.8, 2.4, age=ADULT), span(1.6, 2.5)], (0.74, 0.99)),
        ([span(1.6, 2.3, appliesTo=MALE), span(1.8, 2.4, appliesTo=FEMALE)], (0.74, 0.99)),
        ([span(1.6, 2.3, appliesTo=[{"text": "Third trimester"}]), span(1.8, 2.4)], (0.74, 0.99)),
        ([span(1.6, 2.3, type={"coding": [{"code": "therapeutic"}]}), span(1.8, 2.4)], (0.74, 0.99)),
        ([span(1.6, 2.3, type={"text": "Critical"}), span(1.8, 2.4)], (0.74, 0.99)),
        ([span(1.8, 2.4), span(1.8, 2.4)], (0.74, 0.99)),
        ([span(1.6, 2.3), span(1.8, 2.4)], (0.70, 1.07)),
        ([span(1.8, 2.4, age=NEWBORN)], (0.70, 1.07)),
        ([span(0.8, 4.8)], (0.70, 1.07)),
        ([], (0.70, 1.07)),
    ],
)
def test_the_range_that_holds_for_the_patient(ranges: list[Json], expected: tuple[float, float]) -> None:
    assert limits(*ranges) == limits(*reversed(ranges)) == expected


def test_an_upper_age_holds_to_its_last_day() -> None:
    to_66 = {"high": {"value": 66, "unit": "years"}}
    assert limits(span(1.8, age=to_66))[0] == 0.74
    assert limits(span(1.8, age={"high": {"value": 65, "unit": "years"}}))[0] == 0.70


# versions


def version(number: str | None, value: float, **more: Any) -> Json:
    meta: Json = {"versionId": number} if number else {}
    return result(value, ident="same", meta={**meta, "lastUpdated": more.pop("updated", ago(1))}, **more)


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        (version("9", 0.8), version("10", 2.0)),
        (version("b", 0.8, updated=ago(2)), version("a", 2.0, updated=ago(1))),
        (version(None, 0.8, updated="2026-11-23T10:30:00+02:00"), version(None, 2.0, updated="2026-11-23T09:00:00Z")),
    ],
)
def test_only_the_newest_version_counts(older: Json, newer: Json) -> None:
    for listed in ([older, newer], [newer, older]):
        found = facts(*listed).magnesium
        assert found and found.x == 0.82 and not found.earlier
    other_key = facts(older, other_results=[newer]).magnesium
    assert other_key and other_key.x == 0.82


@pytest.mark.parametrize("status", ["entered-in-error", "cancelled"])
def test_a_retracted_result_is_gone(status: str) -> None:
    for meta in ({"meta": {"versionId": "2"}}, {}):
        kept = {**result(0.8, ident="same"), **({"meta": {"versionId": "1"}} if meta else {})}
        gone = {**result(0.8, ident="same", status=status), **meta}
        assert facts(kept, gone).magnesium is facts(gone, kept).magnesium is None


# values of one time


def test_two_values_of_one_time_are_both_told_and_the_lower_is_urgent() -> None:
    one, other = result(1.4, "a"), result(1.1, "b")
    for found in (facts(one, other).magnesium, facts(other, one).magnesium):
        assert found and (found.x, found.also, found.band) == (0.45, 0.58, Band.SEVERE) and not found.superseded


def test_a_low_and_a_high_value_of_one_time_give_no_dose() -> None:
    one, other = result(1.1, "a"), result(3.2, "b")
    for found in (facts(one, other), facts(other, one)):
        assert found.magnesium and found.magnesium.superseded
        assert found.magnesium.freshness is Freshness.REPEAT_FIRST
        assert [u.why for u in found.unreadable_magnesium] == [Doubt.TWO_VALUES]


def test_a_high_value_beside_a_normal_one_is_not_hidden() -> None:
    found = facts(result(2.2, "a"), result(5.0, "b")).magnesium
    assert found and (found.band, found.also) == (Band.CRITICAL_HIGH, 0.91)


def test_the_later_update_decides_before_anything_else() -> None:
    early, late = "2026-11-23T10:30:00+02:00", "2026-11-23T09:00:00Z"
    listed = [result(1.1, "a", meta={"lastUpdated": early}), result(1.5, "b", meta={"lastUpdated": late})]
    for found in (facts(*listed).magnesium, facts(*listed[::-1]).magnesium):
        assert found and (found.x, found.also) == (0.62, None)


def test_the_same_value_under_two_ids_is_one_result() -> None:
    found = facts(result(1.1, "a"), result(1.1, "b"), result(1.4, "c", hours_ago=9), result(1.4, "d", hours_ago=9))
    assert found.magnesium and found.magnesium.also is None and len(found.magnesium.earlier) == 1


@pytest.mark.parametrize(
    ("analyte", "expected", "also"), [("potassium", 2.9, 5.6), ("creatinine", 5.6, 2.9), ("albumin", 29.0, 56.0)]
)
def test_the_safer_of_two_values(analyte: str, expected: float, also: float) -> None:
    unit = {"unit": "g/dL"} if analyte == "albumin" else {}
    listed = [result(v, ident, analyte, **unit) for v, ident in ((2.9, "a"), (5.6, "b"))]
    for order in (listed, listed[::-1]):
        found = facts(results=order).results[analyte]
        assert (found.value, found.also) == (expected, also)


def egfr(value: float, code: str, ident: str = "", hours_ago: float = 2, **more: Any) -> Json:
    return result(value, ident or code, "egfr", code=code, hours_ago=hours_ago, **more)


BLACK, OLDER, COMBINED, CYSTATIN = "48643-1", "62238-1", "98980-6", "50210-4"


@pytest.mark.parametrize(
    ("listed", "expected"),
    [
        ([egfr(34, BLACK), egfr(27, OLDER)], 27),
        ([egfr(20, BLACK), egfr(27, OLDER)], 27),
        ([egfr(34, BLACK)], 34),
        ([egfr(41, OLDER), egfr(25, CYSTATIN)], 25),
        ([egfr(41, OLDER), egfr(55, COMBINED), egfr(25, CYSTATIN)], 55),
        ([egfr(41, OLDER), egfr(55, COMBINED, hours_ago=2.8)], 55),
        ([egfr(41, OLDER), egfr(55, COMBINED, hours_ago=3.2)], 41),
        ([egfr(41, OLDER, "a"), egfr(30, OLDER, "b", status="corrected")], 30),
        ([egfr(41, OLDER, "a"), egfr(50, OLDER, "b", status="corrected")], 50),
        ([egfr(80, OLDER, comparator=">"), egfr(70, "98979-8")], 70),
    ],
)
def test_which_egfr(listed: list[Json], expected: float) -> None:
    assert facts(results=listed).renal.egfr == facts(renal=listed[::-1]).renal.egfr == expected


@examples
@given(st.permutations(range(7)), st.permutations(range(6)))
def test_the_order_of_entries_never_matters(of_magnesium: list[int], of_kidneys: list[int]) -> None:
    magnesium = [
        *(result(v, f"m{v}") for v in (1.1, 1.4, 1.5)),
        *(
            said("QNS", hours_ago=1),
            said("2.0 mg/dL", hours_ago=30),
            result(1.3, "p", status="preliminary", hours_ago=1),
        ),
        result(2.0, "m1.1", meta={"versionId": "0"}),
    ]
    kidneys = [egfr(34, BLACK), egfr(41, OLDER, "a"), egfr(39, OLDER, "b"), egfr(30, CYSTATIN, hours_ago=2.5)]
    kidneys += [result(v, f"c{v}", "creatinine", hours_ago=3) for v in (0.9, 1.8)]
    usual = facts(*magnesium, results=kidneys)
    mixed = facts(*(magnesium[n] for n in of_magnesium), results=[kidneys[n] for n in of_kidneys])
    for name in ("magnesium", "preliminary", "results", "renal", "unreadable_magnesium"):
        assert getattr(usual, name) == getattr(mixed, name)


# no information, words


@pytest.mark.parametrize(
    "later",
    [
        *(
            said(t, hours_ago=1)
            for t in ("QNS", "see comment", "TNP - called 14:30", "Hemolyzed", "nicht bestimmt", "pending")
        ),
        result(None, "x", hours_ago=1),
        result(None, "x", hours_ago=1, dataAbsentReason={"text": "not performed"}),
        result(None, "x", hours_ago=1, valueCodeableConcept={"coding": [{"display": "Test not performed"}]}),
    ],
)
def test_a_sample_without_a_result_withdraws_nothing(later: Json) -> None:
    found = facts(result(0.9, hours_ago=3), later).magnesium
    assert found and found.freshness is Freshness.ACTIONABLE and not found.superseded


def test_a_later_sample_without_a_result_is_told() -> None:
    measured = result(0.9, hours_ago=3)
    later, before = (facts(measured, said("QNS", hours_ago=h)).magnesium for h in (1, 9))
    assert later and later.unmeasured == NOW - timedelta(hours=1)
    assert before and before.unmeasured is None


@pytest.mark.parametrize(
    ("text", "holds_back"),
    [
        *(("2.0 mg/dL", True), ("0.5 mmol/L (normal)", True), ("1.2 L", True), ("<2.0 mg/dL", True), ("1,2-1,5", True)),
        *(("0.8 mg/dL", False), ("0,31 mmol/L L", False)),
    ],
)
def test_a_later_readable_text_of_another_band_holds_the_dose(text: str, holds_back: bool) -> None:
    found = facts(result(0.9, hours_ago=3), said(text, hours_ago=1)).magnesium
    assert found and found.superseded is holds_back


@pytest.mark.parametrize(
    ("analyte", "text", "expected"),
    [
        ("creatinine", "4.5 mg/dL", 4.5),
        ("creatinine", "4.5", None),
        ("potassium", "3,1 mmol/L (L)", 3.1),
        ("egfr", "> 90", 90),
        ("egfr", "<15 mL/min/1.73 m2", 14.9),
    ],
)
def test_other_results_in_words_count_where_their_unit_is_told(analyte: str, text: str, expected: float | None) -> None:
    found = facts(results=[result(None, "r", analyte, valueString=text)]).results.get(analyte)
    assert (found.value if found else None) == expected


# comparators, specimens, what is possible, units


@pytest.mark.parametrize("comparator", ["approx", "~", "<b>level is fine</b> ", "<>"])
def test_an_unknown_comparator_is_not_understood_and_never_shown(comparator: str) -> None:
    found = facts(result(1.0, comparator=comparator), result(0.9, "b", hours_ago=9))
    assert [(u.why, u.sent) for u in found.unreadable_magnesium] == [(Doubt.COMPARATOR, "")]
    assert found.magnesium and found.magnesium.superseded


@pytest.mark.parametrize("comparator", ["ad", ">=", "≥"])
def test_at_least(comparator: str) -> None:
    found = facts(result(5.0, comparator=comparator)).magnesium
    assert found and found.x == 2.06 and found.shown.startswith(">=5.0")


def code(text: str = "", **coding: str) -> Json:
    return {
        "coding": [{"system": LOINC, "code": "19123-9"}, coding] if coding else [{"system": LOINC, "code": "19123-9"}],
        "text": text,
    }


URINE = {"resourceType": "Specimen", "id": "s", "type": {"text": "Urine, 24 hour"}}


@pytest.mark.parametrize(
    "more",
    [
        *(
            {"code": code(t)}
            for t in ("Magnesium, pleural fluid", "MAGNESIUM CSF", "Magnesium RBC", "Magnesium im Stuhl")
        ),
        {"code": code("Magnesium", system="urn:oid:2.999.7", code="MGD", display="Magnesium dialysate")},
        {"contained": [URINE], "specimen": {"reference": "#s"}},
        {"specimen": {"display": "Saliva"}},
    ],
)
def test_a_specimen_that_contradicts_the_code_is_not_serum(more: Json) -> None:
    alone = facts({**result(0.9), **more})
    assert alone.magnesium is None
    assert [u.why for u in alone.unreadable_magnesium] == [Doubt.SPECIMEN]
    beside = facts({**result(5.9), **more}, result(0.9, "b", hours_ago=9)).magnesium
    assert beside and beside.x == 0.37 and not beside.superseded


@pytest.mark.parametrize(
    "text", ["Magnesium [Mass/volume] in Serum or Plasma", "Magnesium, serum", "Mg plasma", "Blutserum"]
)
def test_a_specimen_of_blood_contradicts_nothing(text: str) -> None:
    assert facts(result(0.9) | {"code": code(text)}).magnesium


@pytest.mark.parametrize(
    ("analyte", "value", "unit"),
    [
        *(("potassium", 0.7, "mmol/L"), ("potassium", 10.1, "mmol/L"), ("albumin", 36, "g/dL"), ("albumin", 4, "g/L")),
        *(("calcium", 2.2, MASS), ("calcium", 5.1, "mmol/L"), ("creatinine", 0.12, MASS), ("creatinine", 31, MASS)),
        *(("egfr", 640, "mL/min"), ("egfr", 0, "mL/min"), ("egfr", -3, "mL/min"), ("qtc", 90, "ms"), ("qtc", 1.2, "s")),
        *(("calcium_corrected", -2, MASS), ("urine_creatinine", 900, MASS)),
    ],
)
def test_what_no_patient_can_have_is_set_aside(analyte: str, value: float, unit: str) -> None:
    older = result(value, "x", analyte, unit=unit)
    found = facts(other_results=[older])
    assert analyte not in found.results
    assert analyte in {s.what for s in found.set_aside}


def test_an_impossible_ionised_value_is_set_aside() -> None:
    assert facts(result(5.0, "i", "magnesium_ionised", unit="mmol/L")).ionised is None


@pytest.mark.parametrize(
    ("value", "unit"),
    [
        *((0.9, u) for u in ("mval/L", "mEq/L", "meq/l", "MEQ/L")),
        *((0.45, u) for u in ("mM", "mmoles/L", "mmol/l", "MMOL/L", "millimoles/L", "mmol/litre")),
        *((1.1, u) for u in ("mg/100mL", "mg/100 ml", "mg%", "MG/DL", "mg/dl")),
        *((11, "mg/l"), (450, "µmol/L"), (450, "umol/l")),
    ],
)
def test_the_usual_spellings_of_a_unit_mean_the_same(value: float, unit: str) -> None:
    found = facts(result(value, valueQuantity={"value": value, "unit": unit})).magnesium
    assert found and found.x == 0.45


# names, reports


@pytest.mark.parametrize(
    "told",
    [
        {"text": "Magnesium Level"},
        {"coding": [{"system": "urn:oid:2.999.7", "code": "MG", "display": "Magnesium [Mass/volume] in Serum"}]},
        *({"text": t} for t in ("Magnesium, serum", "Magnésium", "S-Mg", "Magnesium (Mg)", "MAGNESIO", "Mg2+")),
        *({"text": t} for t in ("Magnesium i.S.", "Magnesium i. P.", "Magnésium plasmatique", "Magnésémie")),
        *({"text": t} for t in ("Magnesio en suero", "Magnesio siero", "Dosagem de magnésio", "Magnez w surowicy")),
        *({"text": t} for t in ("P-Magnesium(II); stofk. = ? mmol/L", "マグネシウム", "血清マグネシウム", "Mg (血清)")),
    ],
)
def test_a_result_without_loinc_is_read_by_its_whole_name(told: Json) -> None:
    found = facts(result(0.8) | {"code": told}).magnesium
    assert found and found.x == 0.33


@pytest.mark.parametrize(
    ("analyte", "value", "names"),
    [
        ("potassium", 3.0, ("Kalium i.S.", "Kaliémie", "Kalium (BGA)", "Potassium [POC]", "P-Kalium-ion; stofk.")),
        ("calcium", 8.1, ("Calcium gesamt", "Calcémie", "S-Kalsium", "Calcio total", "Calcium, total")),
        ("creatinine", 2.0, ("Kreatinin (Jaffé)", "Créatininémie", "Creatinine (enzymatic)", "S-Krea")),
        ("egfr", 25, ("GFR nach CKD-EPI", "DFG estimé (CKD-EPI)", "TFG (CKD-EPI)", "eGFR (MDRD)", "FG estimado")),
        ("phosphate", 0.5, ("Phosphate", "Phosphorus Lvl", "Phosphat anorg.", "Fósforo", "P-Fosfat")),
        ("qtc", 520, ("QTc", "QTc-Zeit", "QTcF", "QTc (Bazett)", "Corrected QT interval", "QTc corregido")),
    ],
)
def test_other_results_are_read_by_name_in_their_languages(analyte: str, value: float, names: tuple[str, ...]) -> None:
    for name in names:
        found = facts(results=[result(value, "r", analyte) | {"code": {"text": name}}]).results.get(analyte)
        assert found and found.value == value, name


@pytest.mark.parametrize(
    "told",
    [
        *(
            {"text": t}
            for t in ("Magnesium oxide", "Magnesium/creatinine ratio", "Magnesium, RBC", "Magnesium intake", "")
        ),
        *(
            {"text": t}
            for t in ("Magnesium i.U.", "Magnesium im Vollblut", "Magnesio urinario", "尿中Mg", "Mg(髄液)", "Mg (i)")
        ),
        {"text": "Magnesium", "coding": [{"system": LOINC, "code": "99999-9"}]},
    ],
)
def test_another_name_is_no_magnesium(told: Json) -> None:
    found = facts(result(0.8) | {"code": told})
    assert found.magnesium is None and not found.unreadable_magnesium


PANEL = {"coding": [{"system": LOINC, "code": "24323-8"}], "text": "Electrolytes"}


def panel(name: Json = PANEL, **more: Any) -> Json:
    """An Observation that is a panel, of which magnesium is a component."""
    part = {"code": code(), "valueQuantity": {"value": 0.8, "unit": MASS}}
    return {**result(None), "code": name, "component": [part, {"code": {"text": "Ferritin"}}], **more}


def test_a_component_of_a_panel_is_a_result() -> None:
    found = facts(panel()).magnesium
    assert found and found.x == 0.33
    assert facts(panel({"text": "Urine electrolytes"})).magnesium is None
    assert facts(panel(specimen={"display": "Urine"})).magnesium is None


def test_a_member_that_a_panel_contains_is_a_result() -> None:
    inner = {k: v for k, v in result(0.8, "in").items() if k != "effectiveDateTime"}
    outer = {**result(None), "code": PANEL, "hasMember": [{"reference": "#in"}], "contained": [inner]}
    found = facts(outer).magnesium
    assert found and (found.x, found.when) == (0.33, NOW - timedelta(hours=2))
    assert facts({**outer, "status": "entered-in-error"}).magnesium is None


def test_a_status_in_capitals_is_that_status_and_one_that_nobody_knows_is_told() -> None:
    assert facts(result(0.8, status="FINAL")).magnesium
    for status in ("done", ""):
        found = facts(result(0.8, status=status))
        assert [u.why for u in found.unreadable_magnesium] == [Doubt.STATUS]
        assert found.not_understood
    assert not facts(result(0.8, status="registered")).unreadable_magnesium


def report(**more: Any) -> Json:
    inner = {k: v for k, v in result(0.8).items() if k not in ("effectiveDateTime", "subject")}
    told = {"resourceType": "DiagnosticReport", "id": "d1", "status": "final", "effectiveDateTime": ago(2)}
    return {**told, "contained": [{**inner, "id": "inner"}], **more}


def test_a_result_inside_a_report_is_read_with_the_reports_time() -> None:
    found = facts(report()).magnesium
    assert found and (found.x, found.when) == (0.33, NOW - timedelta(hours=2)) and found.reference is None
    assert facts(report(status="entered-in-error")).magnesium is None


def test_a_result_beside_a_report_is_read_whatever_key_brought_it() -> None:
    found = facts(reports=[report(contained=[]), result(0.8)]).magnesium
    assert found and found.x == 0.33


# time zones


def in_zone(zone: str, now: str, **more: Any) -> PatientChart:
    from importlib.resources import files

    from cards import load_knowledge

    known = load_knowledge(files("cards.knowledge"), f"time_zone: {zone}\n")
    told = {k: v for k, v in result(1.2).items() if k != "effectiveDateTime"}
    return PatientChart(chart({**told, **more}), known, datetime.fromisoformat(now))


@pytest.mark.parametrize(
    ("zone", "now", "day"),
    [
        ("Australia/Sydney", "2026-11-26T22:00:00+00:00", "2026-11-27"),
        ("UTC", "2026-11-27T00:00:00+00:00", "2026-11-27"),
        ("America/Los_Angeles", "2026-11-28T02:00:00+00:00", "2026-11-27"),
    ],
)
def test_a_bare_date_is_never_in_the_future_on_its_day(zone: str, now: str, day: str) -> None:
    found = in_zone(zone, now, effectiveDateTime=day)
    assert found.magnesium and found.magnesium.freshness is Freshness.ACTIONABLE and not found.unreadable_magnesium


def test_tomorrows_date_is_in_the_future() -> None:
    found = in_zone("America/Los_Angeles", "2026-11-28T02:00:00+00:00", effectiveDateTime="2026-11-28")
    assert found.magnesium is None


def test_a_bare_date_counts_to_the_end_of_its_day_where_the_site_is() -> None:
    day = "2026-11-26"
    fresh, stale = (in_zone("Europe/Berlin", f"2026-11-27T22:{m}:00+00:00", effectiveDateTime=day) for m in (55, 59))
    later = in_zone("Europe/Berlin", "2026-11-27T23:05:00+00:00", effectiveDateTime=day)
    assert [f.magnesium and f.magnesium.freshness for f in (fresh, stale, later)] == [
        *(Freshness.ACTIONABLE, Freshness.ACTIONABLE, Freshness.REPEAT_FIRST)
    ]


def test_a_time_without_a_zone_is_the_sites() -> None:
    found = in_zone("America/New_York", "2026-11-27T15:00:00+00:00", effectiveDateTime="2026-11-27T08:00:00").magnesium
    assert found and found.when == datetime.fromisoformat("2026-11-27T13:00:00+00:00")


@pytest.mark.parametrize("value", [1.2, 1, 0, True, -1e13, 1e400, float("nan"), "1.2", None, [1.2]])
@pytest.mark.parametrize("told", ["mg/dL", "", None, 5, "m" * 4001, ["mg/dL"]])
def test_a_quantity_is_read_in_one_look_as_its_parts_are(value: object, told: object) -> None:
    for quantity in ({"value": value, "code": told, "unit": "mg/dL"}, {"value": value, "code": "mg/dL", "unit": told}):
        parts = number(quantity, "value"), text(quantity, "code"), text(quantity, "unit")
        assert amount(quantity) == parts
