"""What pharmacists write is read as they mean it: orders, rechecks, conditions; and what is unclear is refused."""

import csv
import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

from cards import Knowledge, KnowledgeError, check_protocol, load_knowledge, read_protocol, try_cases
from cards.chart import Chart
from cards.loading.protocol.conditions import ConditionReader
from cards.loading.protocol.rechecks import a_recheck
from cards.loading.protocol.sentences import an_order
from cards.plan import units_of_stay
from cards.protocol.content import count, grams_a_day
from cards.protocol.say import order_text
from tests.cards.chart import NOW, Json, decide, knowledge, snapshot

FOLDER = Path(__file__).parent / "protocols"
INVENTED = sorted(path.stem for path in FOLDER.glob("*.yaml"))
LABS = {"egfr": 80, "creatinine": 0.9, "potassium": 4.2, "calcium": 9.2, "albumin": 40}


@cache
def site(name: str, signed: bool = False) -> Knowledge:
    text = (FOLDER / f"{name}.yaml").read_text(encoding="utf-8")
    text += "approved: {by: Jane Example, date: 2026-01-15}\n" if signed else ""
    return load_knowledge(files("cards.knowledge"), "protocol: p.yaml\n", files={"p.yaml": text})


@pytest.mark.parametrize("name", INVENTED)
def test_an_invented_protocol_orders_what_its_paper_orders(name: str) -> None:
    protocol, cases = site(name).protocols[0], (FOLDER / "cases" / f"{name}.yaml").read_text(encoding="utf-8")
    tried = try_cases(protocol, cases, name, knowledge())
    assert tried.failed == ()
    assert tried.passed >= 8


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("magnesium sulfate 1 g IVPB over 1 h x 2 doses", "sulfate 1 g IV over 1 h, 2 doses"),
        ("sulfate 2 g IV over 2 h, q6h x4", "sulfate 2 g IV over 2 h, every 6 h, 4 doses"),
        ("sulfate 3 x 2 g IV over 2 h, 8 h apart", "sulfate 2 g IV over 2 h, every 8 h, 3 doses"),
        ("sulfate 2 g IV over 1 h, repeat once", "sulfate 2 g IV over 1 h, 2 doses"),
        ("sulfate 4 g by IV infusion over 4 h (1 g/h)", "sulfate 4 g IV over 4 h at 1 g/h, 1 dose"),
        ("sulfate 16 mEq IV at 8 mEq/h", "sulfate 16 mEq IV at 0.99 g/h, 1 dose"),
        ("sulfate 1 g/h IV for 24 h", "sulfate 24 g IV over 24 h, 1 dose"),
        ("sulfate 50 % 10 mL (20 mmol) IV over 12 h", "sulfate 20 mmol IV over 12 h, 1 dose"),
        ("sulfate 10 mL of 50 % IV over 3 h", "sulfate 5 g IV over 3 h, 1 dose"),
        ("sulfate 2 g (8 mmol) IV over at least 2 h", "sulfate 2 g IV over 2 h, 1 dose"),
        (
            "sulfate 20 mmol IV in 1000 mL sodium chloride 0.9 % over 2 h",
            "sulfate 20 mmol IV over 2 h, 1 dose, in 1000 mL sodium chloride 0.9 %",
        ),
        ("sulfate 20 mmol IV over 6 h, daily, for up to 5 days", "sulfate 20 mmol IV over 6 h, once a day, for 5 d"),
        ("sulfate 8 g IV in the first 24 h", "sulfate 8 g IV over 24 h, 1 dose"),
        ("sulfate 2 g IV over 2 h, may repeat once", "sulfate 2 g IV over 2 h, 1 dose, may repeat once"),
        ("sulfate 4g/100mL IVPB over 4 hours", "sulfate 4 g IV over 4 h, 1 dose, in 100mL"),
        ("sulfate 2 g IV over 2 h Q6H PRN Mg < 2.0", "sulfate 2 g IV over 2 h, every 6 h, as needed, Mg < 2.0"),
        ("oxide 400 mg PO with meals TID", "oxide 400 mg by mouth, 3 times a day, with meals"),
        ("Slow-Mag 64 mg elemental 2 tablets PO BID", "chloride sr 128 mg elemental (2 tablets) by mouth, twice a day"),
        ("sulfate 4 g IV over 4 h, twice weekly", "sulfate 4 g IV over 4 h, twice a week"),
        ("oxide 400 mg PO BID x 3 days", "oxide 400 mg by mouth, twice a day, for 3 d"),
        ("glycerophosphate 8 mmol oral, TDS", "glycerophosphate 8 mmol by mouth, 3 times a day"),
        ("oxide 1 tablet (400 mg) per NG tube, twice daily", "oxide 400 mg (1 tablet) by tube, twice a day"),
        ("2 g magnesium sulfate IV over 2 h", "sulfate 2 g IV over 2 h, 1 dose"),
        (
            "5 g magnesium sulphate (20 mmol) IV in 1 litre glucose 5 % over 3 hours",
            "sulfate 5 g IV over 3 h, 1 dose, in 1 litre glucose 5 %",
        ),
        ("Magnesium 2 g IV over 2 h", "sulfate 2 g IV over 2 h, 1 dose"),
        ("MgSO4 1 g x 4 doses IV @ 1 g/hr", "sulfate 1 g IV at 1 g/h, 4 doses"),
        ("sulfate 49.3 % 10 mL (20 mmol) IV over 4 h", "sulfate 20 mmol IV over 4 h, 1 dose"),
        ("sulfate 2 g IV over 2 h, 6-hourly, 4 doses", "sulfate 2 g IV over 2 h, every 6 h, 4 doses"),
        ("Mg oxide 400 mg PO or per tube q 4 hr x 3 doses", "oxide 400 mg by mouth, every 4 h, 3 doses"),
        (
            "glycerophosphate 8mmol (2 x 4mmol tabs) PO TDS for at least 5 days",
            "glycerophosphate 8 mmol (2 tablets) by mouth, 3 times a day, for 5 d",
        ),
        ("glycerophosphate 2 x 4 mmol tablets TDS", "glycerophosphate 8 mmol (2 tablets) by mouth, 3 times a day"),
        ("aspartate 1 sachet two to three times a day", "aspartate 1 sachet by mouth, 2-3 a day"),
        ("gluconate 500 mg tablets 2 tablets oral, TID", "gluconate 1000 mg (2 tablets) by mouth, 3 times a day"),
        (
            "magnesium sulphate 5 g (20 mmol) in 1 litre sodium chloride 0.9 % over 3 hours",
            "sulfate 5 g IV over 3 h, 1 dose, in 1 litre sodium chloride 0.9 %",
        ),
        ("magnesium sulfate in water 4 g/100 mL IV over 4 h", "sulfate 4 g IV over 4 h, 1 dose, in 100 mL water"),
        ("magnesium sulfate in D5W 1 g IV over 1 h", "sulfate 1 g IV over 1 h, 1 dose, in D5W"),
        ("magnesium sulfate (2 g) IVPB at a rate of 1 g/hr", "sulfate 2 g IV at 1 g/h, 1 dose"),
        ("MgSO4 2 g IVPB x 1 over 2 hrs", "sulfate 2 g IV over 2 h, 1 dose"),
        ("sulfate 2 g IV over 1 hour x 3 bags", "sulfate 2 g IV over 1 h, 3 doses"),
        ("sulfate 2 g IV to be infused over 2 h", "sulfate 2 g IV over 2 h, 1 dose"),
        ("sulfate 2 g IV over 2 h x2 doses separated by 4 h", "sulfate 2 g IV over 2 h, every 4 h, 2 doses"),
        ("sulfate 4 mL (8 mmol) of 50 % IV over 4 h", "sulfate 8 mmol IV over 4 h, 1 dose"),
        ("sulfate 2.47 g (10 mmol, 5 mL) IV over 2 h", "sulfate 2.47 g IV over 2 h, 1 dose"),
        ("sulfate 49.3% 10 mmol (2.47 g) IV over 2 h", "sulfate 10 mmol IV over 2 h, 1 dose"),
        ("sulfate 1,5 g IV over 15 min", "sulfate 1.5 g IV over 15 min, 1 dose"),
        ("IV magnesium sulfate 4 g premixed bag over 4 h", "sulfate 4 g IV over 4 h, 1 dose"),
        ("oral magnesium oxide 1,000 mg nightly", "oxide 1000 mg by mouth, once a day"),
        ("oxide 140 mg capsules 2 caps BD", "oxide 280 mg (2 capsules) by mouth, twice a day"),
        ("oxide 400 mg QAM and QHS", "oxide 400 mg by mouth, twice a day"),
        ("oxide 400 mg tablet, 1-2 tablets PO BID-TID", "oxide 400-800 mg (1-2 tablets) by mouth, 2-3 a day"),
        ("Magnesium-Verla 300 mg p.o. 1-0-1", "magnesium verla 300 mg by mouth, twice a day"),
        ("Magmin 500 mg TDS", "magmin 500 mg by mouth, 3 times a day"),
        ("YourMag 2 x 4 mmol tablets TDS", "glycerophosphate 8 mmol (2 tablets) by mouth, 3 times a day"),
        ("Neomag (4 mmol) 2 chewable tablets TDS", "glycerophosphate 8 mmol (2 tablets) by mouth, 3 times a day"),
        ("aspartate 10 mmol sachet 1 BD", "aspartate 10 mmol (1 sachet) by mouth, twice a day"),
    ],
)
def test_an_order_is_read(written: str, read: str) -> None:
    assert order_text(an_order(written, knowledge().protocol_words, {})) == read


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("sulfate 2 g IV over 20 min, then 1 g/h for 24 h", '"then 1 g/h for 24 h" is a second order'),
        ("sulfate 40 mmol IV over 24 h, then 20 mmol daily", '"then 20 mmol daily" is a second order'),
        ("sulfate 4 g IV over 2 h at 1 g/h", "2 g/h by its time, 1 by its rate"),
        ("sulfate 2 g (20 mmol) IV over 2 h", "20 mmol in brackets is another dose"),
        ("glycerophosphate 8 mmol (3 x 4 mmol tablets) oral", "3 x 4 mmol tablets in brackets is another dose"),
        ("sulfate 1 g/h IV", "is a rate alone: it needs for <time>"),
        ("glycerophosphate up to 50 mmol oral", '"up to" names no dose: write the range'),
        ("sulfate 20 mmol IV in 250 mL NaCl 0,9 % über 4 h", '"4 h" is no part of what it is in; write over 4 h'),
        ("sulfate 2 g every 6 h", "no route after the amount; write IV or oral there"),
        ("sulfate 2 g by intraosseous line over 2 h", "no route after the amount"),
        ("aspartate 10 mmol over 2 h", "no route after the amount"),
        ("sulfate 5 g in 250 mL water", "no route after the amount"),  # it may be a laxative
        ("sulfate 1.000 mg IV over 1 h", '"1.000 mg" may be thousands, or a fraction'),
        ("sulfate 2 g IV over 2 h on day 1,2 and 3", "is not read"),
    ],
)
def test_an_order_that_would_lose_a_dose_is_refused(written: str, told: str) -> None:
    with pytest.raises(ValueError, match=re.escape(told)):
        an_order(written, knowledge().protocol_words, {})


@pytest.mark.parametrize(
    ("written", "grams", "doses"),
    [
        ("sulfate 2 g IV over 2 h, as needed, at most 3 doses", 6, 3),
        ("sulfate 2 g IV over 2 h, as needed, at most 8 g per 24 h", 2, None),
        ("sulfate 2 g IV over 2 h, every 4 h, as needed, max 3 doses in 24 h", 6, None),
        ("sulfate 2 g IV over 2 h, every 4 h, as needed, max 8 g per 24 h", 8, None),
        ("sulfate 4 g IV over 4 h, daily, for 3-5 d", 4, 5),
        ("sulfate 4 g IV over 24 h, days 2-5", 4, 4),
        ("sulfate 8 g IV per 24 h", 8, 1),
        ("sulfate 8 g IV per 24 h, for 3 d", 8, 3),
    ],
)
def test_how_much_a_course_holds(written: str, grams: float, doses: int | None) -> None:
    order = an_order(written, knowledge().protocol_words, {})
    assert grams_a_day(order, knowledge()) == grams
    assert count(order) == (doses or None)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("with AM labs", "next morning"),
        ("mane", "next morning"),
        ("the morning after the infusion", "next morning"),
        ("the morning following completion of the infusion", "next morning"),
        ("every 6 h while on the infusion", "every 6 h until dose ends"),
        ("every 12 h during infusion", "every 12 h until dose ends"),
        ("0600 next day", "next day 6:00"),
        ("q6h", "every 6 h"),
        ("at least 4 h after the end of infusion", "4 h after end"),
        ("within 24 h of completion", "24 h after end"),
        ("30 minutes after infusion", "30 min after dose"),
        ("12 hours into infusion", "12 h after start of dose"),
        ("twice weekly", "twice a week"),
        ("once a week", "every 7 d"),
        ("alternate days", "every 48 h"),
        ("daily x 3 days", "every 24 h for 3 d"),
        ("daily x 3", "every 24 h for 3 d"),
        ("not routinely", "none"),
        ("at 04:00 next morning", "next morning 04:00"),
        ("4 h after completion of the infusion", "4 h after end"),
        ("2 hours post infusion", "2 h after dose"),
        ("after the third dose", "after dose 3"),
        ("4h post 2nd dose", "4 h after dose 2"),
        ("next day", "next day"),
        ("not needed", "none"),
        ("6 h after end then daily", "6 h after end then every 24 h"),
        ("before each cycle", "before each cycle"),
        ("prior to next cycle", "before next cycle"),
        ("12 hourly", "every 12 h"),
        ("4 hours after infusion complete", "4 h after end"),
    ],
)
def test_a_time_to_measure_again_is_read(written: str, read: str) -> None:
    assert a_recheck(written) == read


@pytest.mark.parametrize(
    "written",
    ["daily while in ICU", "every 6 h while symptomatic", "weekly while on cisplatin", "daily during admission",
     "morning after the last dose", "the morning after discharge"],
)  # fmt: skip
def test_a_time_that_ends_with_something_else_than_the_infusion_is_not_taken_for_that(written: str) -> None:
    with pytest.raises(ValueError, match="is not read"):
        a_recheck(written)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("asymptomatic", "no symptoms"),
        ("not on digoxin", "no digoxin"),
        ("tolerating oral", "oral possible"),
        ("icu", "unit icu"),
        ("calcium < 2.1 mmol/L", "calcium < 8.4 mg/dL"),
        ("receiving chemotherapy", "chemotherapy"),
        ("adults", "age >= 18"),
        ("no children", "no age < 18"),
        ("able to take PO", "oral possible"),
        ("GI functional", "oral possible"),
        ("UOP >= 30 mL/h", "urine output >= 30"),
        ("cardiac patients", "cardiac disease"),
        ("unable to tolerate oral", "nil by mouth"),
        ("new AF without pacemaker", "atrial fibrillation and no pacemaker"),
        ("urine output >= 0.5 mL/kg/hr", "urine_output_per_kg >= 0.5"),
        ("CrCl less than 30 mL/min", "crcl < 30"),
        ("creatinine clearance is below 30", "crcl < 30"),
        ("creatinine 2 mg/dL or above", "scr >= 2"),
        ("weight at least 50 kg", "weight >= 50"),
        ("K+ < 3,5", "potassium < 3.5"),
        ("not NPO", "oral possible"),
        ("NBM", "nil by mouth"),
        ("unable to swallow", "nil by mouth"),
        ("if symptomatic", "symptoms"),
        ("first dose", "dose 1"),
        ("2nd or 3rd degree heart block", "heart block"),
    ],
)
def test_conditions_that_mean_the_same(one: str, other: str) -> None:
    ask = ConditionReader(knowledge().protocol_words, (), knowledge().units, "mg/dL")

    def asked(text: str) -> list[tuple[object, ...]]:
        atoms = (atom for both in ask.read(text).either for atom in both)
        return [(a.kind, a.of, a.no, a.state, a.level and (a.level.low, a.level.high)) for a in atoms]

    assert asked(one) == asked(other)


@pytest.mark.parametrize(
    ("written", "factor"),
    [("half", 0.5), ("halve the dose", 0.5), ("give half of the dose", 0.5), ("reduce by 25 %", 0.75), ("50 %", 0.5),
     ("50 % of usual dose", 0.5), ("30 % reduction", 0.7), ("avoid", 0.0), ("x 0.5", 0.5), ("2 g", 1.0)],
)  # fmt: skip
def test_what_poor_kidneys_make_of_a_dose_is_read(written: str, factor: float) -> None:
    text = "protocol: p\nunit: mg/dL\nrows: [{row: low, level: any, act: x}]\n"
    text += f"kidneys: [{{when: egfr < 30, dose: {written}}}]\n"
    assert read_protocol(text, "p.yaml", knowledge()).kidneys[0].factor == factor


def test_a_case_tells_its_numbers_in_units_that_they_are_measured_in() -> None:
    cases = "cases: [{mg: 1.2 mg/dL, weight: 150 lb, expect: {none: x}}]"
    assert (
        "'lb' is no unit of weight, which is in kg"
        in try_cases(site("us_icu").protocols[0], cases, "c", knowledge()).failed[0]
    )


@pytest.mark.parametrize("written", ["scr < 177", "calcium < 2.1"])
def test_a_number_that_no_patient_has_needs_its_unit(written: str) -> None:
    ask = ConditionReader(knowledge().protocol_words, (), knowledge().units, "mg/dL")
    with pytest.raises(ValueError, match="write its unit"):
        ask.read(written)


def dosage(name: str, magnesium: float, signed: bool = False, labs: Mapping[str, object] = LABS) -> Json:
    """The first dosage that is drafted for a level by a protocol."""
    chart: Json = {"setting": "inpatient", "magnesium": magnesium, "labs": labs}
    for card in decide(snapshot(chart), known=site(name, signed)).cards:
        told: Any = card.body
        for suggestion in told.get("suggestions", ()):
            drafted: Json = suggestion["actions"][0]["resource"]["dosageInstruction"][0]
            return drafted
    raise AssertionError("nothing is drafted")


def test_a_course_of_days_is_drafted_as_one_order() -> None:
    told = dosage("uk_trust", 1.1)
    often = {"frequency": 1, "period": 1, "periodUnit": "d"}
    assert told["timing"] == {"repeat": {"count": 5, "duration": 720, "durationUnit": "min", **often}}


def test_as_needed_names_the_most_of_a_day() -> None:
    told = dosage("us_floor", 1.6, signed=True)
    assert told["asNeededBoolean"] is True
    assert told["maxDosePerPeriod"]["numerator"] == {
        "value": 5.91, "unit": "g", "system": "http://unitsofmeasure.org", "code": "g",
    }  # fmt: skip
    assert told["timing"]["repeat"] == {
        "duration": 120, "durationUnit": "min", "frequency": 1, "period": 4, "periodUnit": "h",
    }  # fmt: skip


def test_a_drug_word_names_a_drug_or_class_that_is_known() -> None:
    with (files("cards.knowledge") / "codes" / "drugs.csv").open(encoding="utf-8") as table:
        known = {row[key] for row in csv.DictReader(table) for key in ("ingredient", "drug_class")}
    assert {name for taken in knowledge().protocol_words.taken.values() for name in taken} <= known


ICU = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"
BY_CODE = 'codes: {units: [{system: "urn:oid:2.999.7", code: "SICU-3", unit: surgical icu}]}\n'


@pytest.mark.parametrize(
    ("stay", "units"),
    [
        ({"location": [{"location": {"display": "Medical Ward 5"}}]}, {"ward"}),
        ({"location": [{"location": {"display": "Cardiac ICU, bed 3"}}]}, {"cardiac_icu", "icu"}),
        (
            {
                "location": [
                    {"status": "completed", "location": {"display": "ICU"}},
                    {"location": {"display": "Ward 2"}},
                ]
            },
            {"ward"},
        ),
        (
            {
                "location": [{"location": {"display": "North 4"}}],
                "serviceType": {"coding": [{"display": "Oncology"}]},
            },
            {"oncology"},
        ),
        (
            {
                "contained": [
                    {"resourceType": "Location", "id": "l", "type": [{"coding": [{"system": ICU, "code": "ICU"}]}]}
                ],
                "location": [{"location": {"reference": "#l", "display": "North 4"}}],
            },
            {"icu"},
        ),
        (
            {"location": [{"location": {"identifier": {"system": "urn:oid:2.999.7", "value": "SICU-3"}}}]},
            {"surgical_icu", "icu"},
        ),
        (
            {"serviceType": {"coding": [{"system": "urn:oid:2.999.7", "code": "SICU-3", "display": "Ward"}]}},
            {"surgical_icu", "icu"},
        ),
        ({}, {"ward"}),
    ],
)
def test_the_unit_is_known_by_code_then_by_words(stay: Json, units: set[str]) -> None:
    told = snapshot({"setting": "inpatient", "magnesium": 1.1, "labs": LABS})
    told.resources["encounters"][0].update(stay)
    known = load_knowledge(files("cards.knowledge"), BY_CODE)
    assert units_of_stay.units(Chart(told, known, NOW)) == units


def test_an_unknown_unit_of_a_site_is_told_by_line() -> None:
    with pytest.raises(KnowledgeError, match=r"site file:1: unit code SICU-3: unknown unit 'icuu'; did you mean icu"):
        load_knowledge(files("cards.knowledge"), BY_CODE.replace("surgical icu", "icuu"))


def test_a_dose_by_weight_is_drafted_for_the_weight_on_record() -> None:
    told = dosage("uk_trust", 1.1, labs={**LABS, "weight": 45})
    assert told["text"].startswith("18 mmol (4.4 g) IV over 12 h, once a day, for 5 d")


@pytest.mark.parametrize("weight", [20, [45, None, 800]])
def test_a_weight_that_no_adult_has_or_that_is_old_counts_for_nothing(weight: object) -> None:
    assert dosage("uk_trust", 1.1, labs={**LABS, "weight": weight})["text"].startswith("20 mmol")


def remarks(rows: str, more: str = "") -> list[str]:
    text = f"protocol: p\nunit: mg/dL\n{more}rows:\n{rows}"
    return [remark.text for remark in check_protocol(read_protocol(text, "p", knowledge()), knowledge())]


CASE = "- {{n: 1, mg: 1.1 mg/dL, egfr: 80, {told}}}\n"


def tried(told: str, rows: str, more: str = "") -> tuple[str, ...]:
    protocol = read_protocol(f"protocol: p\nunit: mg/dL\n{more}rows:\n{rows}", "p", knowledge())
    return try_cases(protocol, CASE.format(told=told), "c", knowledge()).failed


GIVE = '  - {row: low, level: "< 1.5", give: ["sulfate 2 g IV over 2 h"]}\n'


def test_who_tells_no_age_is_an_adult() -> None:
    expect = "expect: {orders: [{route: iv, dose: 2 g, over: 2 h}]}"
    assert tried(expect, GIVE, "for: [age >= 18]\n") == ()
    assert tried(f"age: 17, {expect}", GIVE, "for: [age >= 18]\n") != ()


def test_an_unknown_key_of_an_expected_order_is_told() -> None:
    told = tried("expect: {orders: [{route: iv, dose: 2 g, ovr: 2 h}]}", GIVE)
    assert told == ("1: expect is not read: unknown key 'ovr' of an order; did you mean over or for?",)


ROW = "  - {{row: {name}, level: {level}, when: [{when}], {does}}}\n"


def row(name: str, level: str, when: str, does: str = "act: admit") -> str:
    return ROW.format(name=name, level=level, when=when, does=does)


@pytest.mark.parametrize("when", ["tube", "potassium high", "unit icu", "day 2", "egfr < 30 and permission oral"])
def test_a_row_that_somebody_meets_is_reached(when: str) -> None:
    told = remarks(row("special", '"< 1.5"', when) + row("all", '"< 1.5"', "age >= 18"))
    assert not [text for text in told if text.startswith("unreached")]


def test_many_conditions_make_no_row_unreached() -> None:
    words = ("dka", "aki", "burns", "sepsis", "asthma", "cancer", "stroke", "tetany", "alcohol", "vomiting", "seizure")
    listed = "".join(row(word, '"< 1.5"', f"{word} or telemetry and digoxin") for word in words)
    assert not [text for text in remarks(listed) if text.startswith("unreached")]


def test_a_row_after_one_that_always_answers_is_not_reached() -> None:
    told = remarks(row("all", '"< 1.5"', "dka or no dka") + row("never", '"< 1.2"', "symptoms"))
    assert 'unreached: row "never": a row above always answers, or nobody meets it' in told


def test_a_gap_is_told_of_patients_that_the_scope_lets_in() -> None:
    rows = row("icu", '"< 1.5"', "unit icu") + row("step down", '"< 1.5"', "unit step_down")
    assert [text for text in remarks(rows) if text.startswith("gap")]
    assert not [text for text in remarks(rows, "for: [unit icu or unit step_down]\n") if text.startswith("gap")]


def test_a_stop_is_told_once_for_all_kidneys_in_which_it_holds() -> None:
    told = remarks('  - {row: fast, level: "< 1.5", give: ["sulfate 1 g IV over 10 min"]}\n')
    slow = "drafted slower, {} instead of 10 min: at most {} g/h"
    expected = f"eGFR 30 or more: {slow.format('1 h', 1)}; eGFR 15 to below 30: {slow.format('2 h', 0.5)}"
    assert f'stop: row "fast": {expected}' in told


def test_a_dose_by_weight_without_a_limit_is_told() -> None:
    assert any(text.startswith("weight:") for text in remarks(
        '  - {row: w, level: "< 1.5", give: ["sulfate 0.2 mmol/kg IV over 12 h"]}\n'
    ))  # fmt: skip


def test_a_row_without_an_order_may_ask_to_measure_again_and_to_tell() -> None:
    rows = '  - {row: low, level: "< 1.5", act: call, tell: the physician on call, recheck: 6 h}\n'
    assert tried("expect: {none: call, notify: physician, recheck: 6 h}", rows) == ()
    assert tried("expect: {none: call, notify: pharmacist}", rows) != ()
    assert tried("expect: {none: call, recheck: 12 h}", rows) != ()


TWO_UNITS = """limits:
  - {when: [unit icu], iv_rate: 2 g/h}
  - {when: [no unit icu], iv_rate: 0.5 g/h, iv_order: 2 g}
"""


@pytest.mark.parametrize(
    ("setting", "grams", "told"),
    [
        ("icu", 2, ""),
        ("ward", 2, "slower: 4 h instead of 2 h"),
        ("ward", 3, "3 g an order is above the protocol's own limit"),
    ],
)
def test_a_protocol_that_is_stricter_than_we_are_is_followed(setting: str, grams: int, told: str) -> None:
    order = f"sulfate {grams} g IV over {grams} h"
    text = f'protocol: p\nunit: mg/dL\n{TWO_UNITS}rows:\n  - {{row: low, level: "< 1.5", give: [{order}]}}\n'
    cases = CASE.format(
        told=f"setting: {setting}, expect: {{orders: [{{route: iv, dose: {grams} g, over: {grams} h}}]}}"
    )
    result = try_cases(read_protocol(text, "p", knowledge()), cases, "c", knowledge(), True)
    assert result.failed == ()
    assert told in "".join(result.stopped)
    assert bool(told) is bool(result.stopped)


def test_an_infusion_begins_when_the_push_before_it_has_ended() -> None:
    chart: Json = {"setting": "inpatient", "magnesium": 1.2, "labs": LABS}
    told = snapshot(chart)
    told.resources["encounters"][0]["location"] = [{"location": {"display": "Telemetry 4 West"}}]
    card: Any = next(card.body for card in decide(told, known=site("us_floor")).cards)
    push, infusion, recheck = (action["resource"] for action in card["suggestions"][0]["actions"][:3])
    assert "boundsPeriod" not in push["dosageInstruction"][0]["timing"]["repeat"]
    repeat = infusion["dosageInstruction"][0]["timing"]["repeat"]
    assert (repeat["boundsPeriod"], repeat["duration"]) == ({"start": "2026-11-23T13:00:00Z"}, 720)
    assert recheck["occurrenceDateTime"] == "2026-11-24T02:00:00Z"


UNKNOWN = "protocol: p\nunit: mg/dL\nfor: [{}]\nrows: [{{row: low, level: < 1.5, act: admit}}]\n"


@pytest.mark.parametrize(
    ("scope", "told"),
    [
        ("urine output >= 30", 'write "urine output >= 30 or urine output unknown"'),
        ("scr < 2", "who has no scr on record is not for this protocol"),
        ("weight >= 40 or weight unknown", ""),
        ("egfr >= 30", ""),
        ("age >= 18", ""),
        ("no dialysis", ""),
    ],
)
def test_a_check_tells_which_numbers_must_be_on_record(scope: str, told: str) -> None:
    remarks = check_protocol(read_protocol(UNKNOWN.format(scope), "p.yaml", knowledge()), knowledge())
    found = [remark.text for remark in remarks if remark.text.startswith("unknown: ")]
    assert len(found) == bool(told) and all(told in text for text in found)


def test_what_the_check_says_to_write_lets_them_in() -> None:
    scope = "urine output >= 30 or urine output unknown"
    cases = "cases: [{mg: 1.2, egfr: 80, expect: {act: admit}}, {mg: 1.2, urine output: 29, expect: {none: urine}}]"
    tried = try_cases(read_protocol(UNKNOWN.format(scope), "p.yaml", knowledge()), cases, "c", knowledge())
    assert (tried.passed, tried.failed) == (2, ())


@pytest.mark.parametrize("word", ["NPO", "no", "nil by mouth"])
def test_a_case_tells_that_nothing_is_taken_by_mouth(word: str) -> None:
    row = '{row: low, level: any, when: [nil by mouth], give: ["sulfate 2 g IV over 2 h"]}'
    text = f"protocol: p\nunit: mg/dL\nrows: [{row}]\n"
    cases = f"cases: [{{mg: 1.2, egfr: 80, oral: {word}, expect: {{row: low}}}}]"
    assert try_cases(read_protocol(text, "p.yaml", knowledge()), cases, "c", knowledge()).passed == 1
