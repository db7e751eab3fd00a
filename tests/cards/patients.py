"""Any patient: charts in shorthand for Hypothesis, from the code tables that the rules read."""

from typing import Any

from hypothesis import strategies as st

from cards.terms.terminology import ICD10, SNOMED
from tests.cards.chart import Json, knowledge

_TERMS = knowledge().terminology
DRUGS = sorted(code for code in _TERMS.roles if code.isdigit())
MAGNESIUM = sorted(_TERMS.magnesium_products)
CONDITIONS = sorted(code for system, code in _TERMS.condition_codes if system in (ICD10, SNOMED))
WORDS = ("Muscle cramps", "Nil by mouth", "Vomiting", "Permanent pacemaker in situ", "Hypotension", "Digoxin toxicity")
HOOKS = ("patient-view", "order-select", "order-sign")
UNITS = {"mmol/L": 1.0, "mg/dL": 2.4305, "mEq/L": 2.0}


def hours(most: int = 2400) -> st.SearchStrategy[int]:
    """Hours ago, often fresh."""
    return st.one_of(st.integers(1, 23), st.integers(1, most))


def xs(low: int = 5, high: int = 130) -> st.SearchStrategy[float]:
    """Magnesium in mmol/L with two decimals."""
    return st.integers(low, high).map(lambda hundredths: hundredths / 100)


# made once: to make a strategy takes longer than to draw from it
_one_in_ten = st.integers(0, 9)
_unit = st.sampled_from(sorted(UNITS))
_x = st.one_of(xs(), xs(5, 84), xs(100, 1100))
_when, _within_a_year = hours(), hours(9000)
_comparator = st.sampled_from(["<", "<=", ">", ">="])
_status_of_result = st.sampled_from(["final"] * 6 + ["preliminary", "corrected", "cancelled"])


@st.composite
def magnesium(draw: st.DrawFn) -> Json:
    """A result in any unit, mostly low."""
    unit = draw(_unit)
    told: Json = {"value": draw(_x) * UNITS[unit], "unit": unit}
    told["hours_ago"] = draw(_when)
    if draw(_one_in_ten) == 0:
        told["note"] = "haemolysed"
    if draw(_one_in_ten) == 0:
        told["comparator"] = draw(_comparator)
    told["status"] = draw(_status_of_result)
    return told


_LABS: dict[str, st.SearchStrategy[Any]] = {
    "egfr": st.integers(3, 120),
    "creatinine": st.floats(0.2, 9).map(lambda v: round(v, 1)),
    "potassium": st.floats(2.0, 7.5).map(lambda v: round(v, 1)),
    "calcium": st.floats(5, 12).map(lambda v: round(v, 1)),
    "albumin": st.integers(12, 50),
    "qtc": st.integers(280, 720),
    "magnesium_ionised": xs(20, 70),
    "urine_magnesium": st.integers(0, 20),
    "urine_creatinine": st.integers(1, 200),
}
labs = st.fixed_dictionaries(
    {},
    optional={name: st.tuples(value, st.none(), hours(1000)).map(list) for name, value in _LABS.items()},
)
_drug = st.one_of(st.sampled_from(DRUGS), st.sampled_from(MAGNESIUM))
_route = st.sampled_from(["oral", "intravenous"])
_either = st.booleans()
_amount = st.integers(1, 10)
_dose_unit = st.sampled_from(["g", "mg", "tablet"])
_status_of_order = st.sampled_from(["active"] * 6 + ["completed", "stopped", "cancelled", "on-hold"])


@st.composite
def medicine(draw: st.DrawFn, drafted: bool = False) -> Json:
    """A drug of the tables or a magnesium product."""
    told: Json = {"rxcui": draw(_drug)}
    told["route"] = draw(_route)
    if draw(_either):
        told |= {"dose": [draw(_amount), draw(_dose_unit)], "per_day": 1}
    if draw(_either):
        told["rate"] = [draw(_amount), "g/h"]
    if drafted:
        return told | {"selected": draw(_either)}
    told["hours"] = draw(_within_a_year)
    return told | {"status": draw(_status_of_order)}


_problem = st.one_of(st.sampled_from(CONDITIONS), st.sampled_from(WORDS))


@st.composite
def condition(draw: st.DrawFn) -> Json:
    """A condition of the tables, dated or not."""
    told: Json = {"code": draw(_problem)}
    return told | ({"hours": draw(_within_a_year)} if draw(_either) else {})


_hook = st.sampled_from(HOOKS)
_adult = st.integers(18, 95)
_age = st.one_of(st.none(), st.integers(0, 17), _adult, _adult)
_sex, _known_sex = st.sampled_from(["female", "male", None]), st.sampled_from(["female", "male"])
_results = st.lists(magnesium(), max_size=2)
_medicines, _few_medicines = st.lists(medicine(), max_size=4), st.lists(medicine(), max_size=2)
_conditions = st.lists(condition(), max_size=3)
_drafts = st.lists(medicine(drafted=True), min_size=1, max_size=2)
_missing = st.sampled_from([[]] * 6 + [[key] for key in ("conditions", "medications", "results", "encounters")])
_setting = st.sampled_from(["inpatient", "inpatient", "emergency", "ambulatory", None])


@st.composite
def charts(draw: st.DrawFn, hook: str | None = None) -> Json:
    """Any patient on any hook."""
    chosen = hook or draw(_hook)
    chart: Json = {
        "hook": chosen,
        "patient": {"age": draw(_age), "sex": draw(_sex)},
        "magnesium": draw(_results),
        "labs": draw(labs),
        "medications": draw(_medicines),
        "conditions": draw(_conditions),
        "drafts": [] if chosen == "patient-view" else draw(_drafts),
        "missing": draw(_missing),
    }
    setting = draw(_setting)
    return chart | ({"setting": setting} if setting else {})


_PAIRS = [[], [("potassium", _LABS["potassium"])], [("qtc", _LABS["qtc"])], [("calcium", _LABS["calcium"])]]
_stops = st.sampled_from(
    [
        *(
            "I44.2",
            "G70.00",
            "J96.00",
            "O14.10",
            "Z99.2",
            "N17.9",
            "On CVVH",
            "Hypotension",
            "Muscle cramps",
            "Nil by mouth",
        ),
        *("Permanent pacemaker in situ", "I50.9", "R19.7", "Z33.1"),
        *({"code": code, "hours": 2} for code in ("I47.21", "I47.20", "R56.9", "R29.0")),
    ]
)


_pairs = st.sampled_from(_PAIRS)
_egfr = st.sampled_from([10, 14, 15, 22, 29, 30, 45, 59, 60, 75, 100])
_has_egfr = st.sampled_from([True, True, True, False])
_place = st.sampled_from(["inpatient", "emergency", "ambulatory"])
_stops_and_others = st.lists(st.one_of(_stops, condition()), max_size=2)


@st.composite
def _treatable(draw: st.DrawFn, low: st.SearchStrategy[float]) -> Json:
    x, age = draw(low), draw(_adult)
    kidneys = {"egfr": draw(_egfr)}
    few = {name: [draw(value), None, 2] for name, value in draw(_pairs)}
    return {
        "hook": "patient-view",
        "patient": {"age": age, "sex": draw(_known_sex)},
        "setting": draw(_place),
        "magnesium": {"value": x, "unit": "mmol/L", "hours_ago": 1},
        "labs": few | (kidneys if draw(_has_egfr) else {}),
        "medications": draw(_few_medicines),
        "conditions": draw(_stops_and_others),
    }


def treatable(least: int = 10) -> st.SearchStrategy[Json]:
    """An adult whose magnesium is low and fresh, with a few things that may forbid or change the dose."""
    return _treatable(xs(least, 69))


leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(["2026-11-23", "\u0000"]),
)
garbage = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["coding", "code", "value", "text", "low", "start", "x"]), inner, max_size=3),
    ),
    max_leaves=6,
)
