"""Doses as they are written (clinical rule s.2.7, "Reading a dose")."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards.chart import Chart as PatientChart
from cards.model import MagnesiumKind, MagnesiumOrder
from tests.cards.chart import NOW, Json, decide, knowledge, snapshot
from tests.cards.test_properties import examples

SULFATE, OXIDE = "magnesium sulfate", "magnesium oxide 400 mg tablet"
SEPARATORS = (",", ".", " ", "\u00a0", "\u202f", "\u2009", "'")


def order(sig: str, name: str = SULFATE, **more: Any) -> MagnesiumOrder:
    """How a draft in these words is read."""
    route = {} if name == OXIDE else {"route": "intravenous"}
    told = snapshot({"drafts": [{"text": name, "sig": sig, **route, **more}]})
    (draft,) = PatientChart(told, knowledge(), NOW).drafts
    assert draft.magnesium is not None
    return draft.magnesium


@pytest.mark.parametrize(
    ("sig", "grams"),
    [
        *(
            ("4,000 mg IV", 4),
            ("4.000 mg IV", 4),
            ("4 000 mg IV", 4),
            ("4.000 g IV", 4),
            ("4,000 g IV", 4),
            ("2,5 g", 2.5),
        ),
        *(
            ("2 500 mg IV", 2.5),
            ("12,500 mg", 12.5),
            ("0.500 g", 0.5),
            ("Two grams IV", 2),
            ("2 gm", 2),
            ("4 Gramm", 4),
        ),
        *(("2-4 g IV", 4), ("2 g - 4 g IV", 4), ("2 to 4 grams", 4), ("2\u20134 g", 4), ("2 g or 4 g", 4)),
        *(("16.24 mEq", 2), ("16,24 mval", 2), ("8.12 mmol", 2), ("16.24 milliequivalents", 2)),
        *(
            ("2 g once", 2),
            ("2 g q4h x2", 4),
            ("2 g q4h X 2", 4),
            ("2 g q6h \u00d7 3 doses", 6),
            ("2 g every 6 hours for 2 doses", 4),
        ),
        *((".5 g", 0.5), ("2 g/24 h", 2), ("2 g pro Tag", 2), ("1 g par jour", 1)),
        *((f"2 g {t}", 8) for t in ("alle 6 h", "alle 6 Stunden", "toutes les 6 heures", "ogni 6 ore", "c/6h", "4 dd")),
        *((f"2 g {t}", 6) for t in ("cada 8 horas", "de 8/8h", "3x täglich", "3 fois par jour", "tres veces al día")),
        *(
            (f"2 g {t}", 6)
            for t in ("3 volte al giorno", "3x/Tag", "3 x daily", "3x a day", "1-1-1", "drei mal am Tag")
        ),
        *((f"2 g {t}", 4) for t in ("2x/d", "1-0-1", "1-0-1-0", "0-1-1", "2 ggr dagligen", "2 keer per dag", "2 dd")),
        *((f"2 g {t}", 2) for t in ("1-0-0", "0-0-1", "1x tgl", "var 24:e timme")),
        *(("2 g q6h, single dose", 2), ("2 g q6h x 3 days", 8), ("2 g once daily", 2), ("1 g x 1", 1)),
    ],
)
def test_grams(sig: str, grams: float) -> None:
    assert order(sig).grams == pytest.approx(grams, rel=0.001)


@examples
@given(
    st.integers(1, 40),
    st.sampled_from(["000", "500", "250"]),
    st.sampled_from(SEPARATORS),
    st.sampled_from(["mg", " mg", " MG"]),
)
def test_a_thousand_is_a_thousand_however_it_is_set_off(thousands: int, rest: str, separator: str, unit: str) -> None:
    assert order(f"{thousands}{separator}{rest}{unit} IV").grams == pytest.approx(thousands + int(rest) / 1000)


@pytest.mark.parametrize(
    ("name", "sig", "rate", "more"),
    [
        ("magnesium sulfate", "4,000 mg IV over 30 min", 8, {}),
        ("magnesium sulfate", "2 grams over one hour", 2, {}),
        ("magnesium sulfate", "2 g over half an hour", 4, {}),
        ("magnesium sulfate", "2 grams per hour", 2, {}),
        ("magnesium sulfate", "1-2 g/hr", 2, {}),
        ("magnesium sulfate 30 g in dextrose 5 % 250 mL", "IV continuous", 37.2, {"rate": [310, "mL/h"]}),
        ("magnesium sulfate 4 g/100 mL", "50 mL per hour", 2, {}),
        ("magnesium sulfate 500 mg/mL vial", "4 g in 100 mL NS at 50 mL/h", 2, {}),
        ("magnesium sulfate", "8 g in sodium chloride 0.9% 200 mL at 25 mL/h", 1, {}),
        ("magnesium sulfate 50% injection", "10 mL IV over 10 minutes", 30, {}),
        ("magnesium sulphate 20 %", "10 cc over 1 hour", 2, {}),
        ("magnesium sulfate", "20 mL of 10% over 2 h", 1, {}),
        ("magnesium sulfate 40 mmol in 100 mL", "10 mL/h", 0.985, {}),
        ("Magnesiumsulfat", "4.000 mg i.v. über 4 Stunden", 1, {}),
        ("Magnesiumsulfat", "1 g pro Stunde", 1, {}),
        ("sulfate de magnésium", "4 g IV en 4 heures", 1, {}),
        ("sulfate de magnésium", "3 g sur 30 minutes", 6, {}),
        ("sulfato de magnesio", "2 g IV durante 2 horas", 1, {}),
        ("sulfato de magnesio", "1,5 g por hora", 1.5, {}),
        *(
            ("magnesium sulfate", f"2 g {over}", 8, {})
            for over in (
                "über 15 min i.v.",
                "in 15 min",
                "sur 15 min",
                "en 15 minutos",
                "in 15 minuti",
                "op 15 minuten",
            )
        ),
        ("Magnesiumsulfat", "4 g in 100 ml NaCl 0,9 % über 4 Stunden", 1, {}),
        *(("magnesium sulfate", f"1 g {an_hour}", 1, {}) for an_hour in ("pro Stunde", "/Std", "par heure", "all'ora")),
    ],
)
def test_grams_an_hour(name: str, sig: str, rate: float, more: Json) -> None:
    assert order(sig, name, **more).grams_per_hour == pytest.approx(rate, rel=0.001)


@pytest.mark.parametrize("sig", ["2 g IV, recheck magnesium in 2 h", "2 g, start in 30 min", "2 g IV en bolus"])
def test_what_comes_later_is_no_rate(sig: str) -> None:
    assert order(sig).grams_per_hour is None


@pytest.mark.parametrize(
    ("sig", "more", "grams"),
    [
        ("1 g/h continuous", {}, 24),
        ("1 g/h for 4 hours", {}, 4),
        ("1 g/h over 30 min", {}, 0.5),
        ("1 g/h for 3 days", {}, 24),
        ("1 g/h", {"dosage": {"timing": {"repeat": {"duration": 6, "durationUnit": "h"}}}}, 6),
        ("1 g/h", {"dosage": {"timing": {"repeat": {"boundsDuration": {"value": 90, "code": "min"}}}}}, 1.5),
        ("4 g at 1 g/h", {}, 4),
    ],
)
def test_an_infusion_without_an_end_runs_all_day(sig: str, more: Json, grams: float) -> None:
    assert order(sig, **more).grams == pytest.approx(grams)


@pytest.mark.parametrize(
    "name", ["magnesium sulfate in dextrose 5%", "magnesium sulfate in 0.9% sodium chloride", SULFATE]
)
def test_a_volume_without_a_strength_is_no_dose(name: str) -> None:
    assert order("100 mL over 1 h", name).grams is None


CONTAINED = ("50% 10 mL ampoule", "5 g/10 mL vial", "500 mg/mL, 10 mL ampoule")
COUNTED = [("1 ampoule IV", 5), ("1 amp", 5), ("one vial IV", 5), ("2 amps once", 10), ("2 Ampullen", 10)]


@pytest.mark.parametrize("product", CONTAINED)
@pytest.mark.parametrize(("sig", "grams"), COUNTED)
def test_ampoules_are_counted_where_the_product_tells_what_one_holds(product: str, sig: str, grams: float) -> None:
    assert order(sig, f"{SULFATE} {product}").grams == pytest.approx(grams, rel=0.001)


@pytest.mark.parametrize("unit", ["ampoule", "amp", "{vial}", "Ampulle", "vial", "bag"])
def test_ampoules_of_a_known_product_are_counted_as_a_quantity(unit: str) -> None:
    ten_ml = "10 ML magnesium sulfate 500 MG/ML Injection"
    assert order("", ten_ml, rxcui=1658244, dose=[2, unit]).grams == pytest.approx(10)
    assert order("", ten_ml, dose=[2, unit]).grams == pytest.approx(10)


@pytest.mark.parametrize("name", [SULFATE, f"{SULFATE} 50%", f"{SULFATE} 500 mg/mL", f"{SULFATE} 50% 2 mL or 10 mL"])
@pytest.mark.parametrize("sig", [sig for sig, _ in COUNTED])
def test_ampoules_of_an_unknown_strength_are_no_dose_and_that_is_told(name: str, sig: str) -> None:
    assert order(sig, name).grams is None
    drafts = [{"text": name, "sig": sig, "route": "intravenous"}]
    cards = decide(snapshot({"setting": "inpatient", "magnesium": 1.2, "labs": {"egfr": 85}, "drafts": drafts})).cards
    assert any("dose could not be read" in str(card.body["summary"]) for card in cards)


def test_an_amount_goes_before_what_it_is_drawn_from() -> None:
    assert order("from 1 vial give 2 g over 1 h", f"{SULFATE} 5 g/10 mL vial").grams == pytest.approx(2)


def test_a_large_bag_is_obstetric_and_a_mixture_of_less_is_not() -> None:
    kinds = {name: order("", f"magnesium sulfate {name}").kind for name in ("20 g in 500 mL", "30 g in 250 mL")}
    assert list(kinds.values()) == [MagnesiumKind.OBSTETRIC, MagnesiumKind.REPLACEMENT]


ONE = 400 * 0.603


@pytest.mark.parametrize(
    ("sig", "doses"),
    [
        *(
            ("400 mg PO Q4H (int) X2", 2),
            ("400 mg q4h", 6),
            ("400 mg once", 1),
            ("400 mg once daily", 1),
            ("400 mg bid", 2),
        ),
        *(("400 mg twice daily for 3 doses", 2), ("400 mg q6h x 1 dose", 1), ("400 mg q6h x 5 days", 4)),
        *(("400 mg three times a day", 3), ("400 mg every 6 hours, 2 doses", 2)),
    ],
)
def test_oral_doses_are_counted(sig: str, doses: float) -> None:
    assert order(sig, OXIDE).elemental_mg_per_day == pytest.approx(ONE * doses, rel=0.001)


@pytest.mark.parametrize(
    ("sig", "grams"),
    [
        *((f"2 g over 1 h, {t}", 4) for t in ("repeat x1", "repeat once", "may repeat x 1", "repeat dose once")),
        *(
            (f"2 g over 1 h, {t}", 4)
            for t in ("repeat in 6 h", "repeat in 6 h if magnesium below 1.8", "repeated once")
        ),
        *(
            (f"2 g over 1 h{t}", 4)
            for t in (". May repeat.", " then repeat", "; repeat 2 g in 4 h", " and repeat x1 prn")
        ),
        *((f"2 g over 1 h, {t}", 6) for t in ("may repeat x 2", "repeat twice", "repeat dose x2 then recheck")),
        *((f"2 g over 1 h, {t}", 8) for t in ("repeat q6h", "repeat up to 3 times", "repeat magnesium sulfate x3")),
        *(("2 g every 6 h, may repeat x1", 4), ("2 g q6h x2, repeat x1", 8), ("2 g over 2 h x2, repeat x1", 8)),
        *(("two 2 g bags over 2 h each", 4), ("2 x 2 g bags over 2 h each", 4), ("4 g (2 x 2 g bags)", 4)),
        *(("two 2 g bags over one hour each, then repeat twice (total 12 g)", 12), ("two 2 g bags, repeat twice", 12)),
    ],
)
def test_what_is_repeated_counts(sig: str, grams: float) -> None:
    assert order(sig).grams == pytest.approx(grams)


@pytest.mark.parametrize(
    "rest",
    [
        *("do not repeat", "no repeat", "not to be repeated", "never repeat without a level", "repeat daily"),
        *(
            "repeat Mg in 6 h",
            "repeat magnesium level in 6 h",
            "repeat magnesium in 6 h",
            "repeat labs x1",
            "repeat BMP",
        ),
        *("repeat level twice", "repeat ECG x1", "repeat K and Mg x2", "repeat the serum level once", "repeat in 24 h"),
        *("repeat check x2", "repeat tomorrow", "repeat vitals x4", "repeat weekly", "repeat electrolytes once"),
    ],
)
def test_a_test_that_is_repeated_is_no_dose(rest: str) -> None:
    assert order(f"2 g IV over 2 h, {rest}").grams == 2


def test_a_dose_of_the_structure_is_of_all_its_bags() -> None:
    assert order("4 g (2 x 2 g bags) over 4 h", dose=[4, "g"]).grams == order("2 x 2 g bags", dose=[4, "g"]).grams == 4


def test_a_count_in_the_timing_holds_what_is_repeated() -> None:
    timed = {"text": "2 g over 1 h, repeat x1", "timing": {"repeat": {"count": 2}}}
    assert order("", dosage=timed).grams == 4


def test_a_count_in_the_timing_counts() -> None:
    timing = {"repeat": {"frequency": 6, "period": 1, "periodUnit": "d", "count": 2}}
    found = order("400 mg", OXIDE, dosage={"timing": timing})
    assert found.elemental_mg_per_day == pytest.approx(ONE * 2, rel=0.001)


def test_two_tablets_of_500_mg_are_no_2500_mg() -> None:
    assert knowledge().dose_language.plain("2 500 mg tablets") == "2 500 mg tablets"
    assert knowledge().dose_language.plain("2 500 milligram caps") == "2 500 mg caps"


@pytest.mark.parametrize(
    ("name", "elemental"),
    [
        ("magnesium oxide 400 mg oral tablet", ONE),
        ("Magnesiumoxid 400 mg Tabletten", ONE),
        ("magnesium oxide 400 mg (241.3 mg magnesium) tablet", 241.3),
        ("magnesium chloride 64 mg elemental delayed release tablet", 64),
        ("magnesium chloride 535 mg (64 mg elemental) tablet", 64),
        ("elemental magnesium 100 mg capsule", 100),
        ("magnesium chloride 535 mg tablet", None),
        ("magnesium (as oxide) 250 mg tablet", None),
        ("Magnesium 250 mg tablet", None),
    ],
)
def test_what_a_tablet_holds_is_told_by_its_name(name: str, elemental: float | None) -> None:
    found = order("1 tablet twice daily", name, route="oral").elemental_mg_per_day
    assert found == (None if elemental is None else pytest.approx(elemental * 2, rel=0.001))


PIECES = (
    "1",
    "1,000",
    "1 000 ",
    "1.000",
    "9",
    " ",
    "2 g - ",
    "4 g in ",
    "% ",
    "x ",
    "a",
    "mg ",
    "5 % dextrose ",
    "over ",
)


@pytest.mark.parametrize("piece", PIECES)
def test_words_are_read_in_linear_time(piece: str) -> None:
    def seconds(times: int) -> float:
        text = piece * times
        began = time.perf_counter()
        order(text, f"magnesium sulfate {text}")
        return time.perf_counter() - began

    seconds(10)
    assert min(seconds(8000) for _ in range(2)) < 0.25
