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


@st.composite
def magnesium(draw: st.DrawFn) -> Json:
    """A result in any unit, mostly low."""
    unit = draw(st.sampled_from(sorted(UNITS)))
    told: Json = {"value": draw(st.one_of(xs(), xs(5, 84), xs(100, 1100))) * UNITS[unit], "unit": unit}
    told["hours_ago"] = draw(hours())
    if draw(st.integers(0, 9)) == 0:
        told["note"] = "haemolysed"
    if draw(st.integers(0, 9)) == 0:
        told["comparator"] = draw(st.sampled_from(["<", "<=", ">", ">="]))
    told["status"] = draw(st.sampled_from(["final"] * 6 + ["preliminary", "corrected", "cancelled"]))
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


@st.composite
def medicine(draw: st.DrawFn, drafted: bool = False) -> Json:
    """A drug of the tables or a magnesium product."""
    told: Json = {"rxcui": draw(st.one_of(st.sampled_from(DRUGS), st.sampled_from(MAGNESIUM)))}
    told["route"] = draw(st.sampled_from(["oral", "intravenous"]))
    if draw(st.booleans()):
        told |= {"dose": [draw(st.integers(1, 10)), draw(st.sampled_from(["g", "mg", "tablet"]))], "per_day": 1}
    if draw(st.booleans()):
        told["rate"] = [draw(st.integers(1, 10)), "g/h"]
    if drafted:
        return told | {"selected": draw(st.booleans())}
    told["hours"] = draw(hours(9000))
    status = st.sampled_from(["active"] * 6 + ["completed", "stopped", "cancelled", "on-hold"])
    return told | {"status": draw(status)}


@st.composite
def condition(draw: st.DrawFn) -> Json:
    """A condition of the tables, dated or not."""
    told: Json = {"code": draw(st.one_of(st.sampled_from(CONDITIONS), st.sampled_from(WORDS)))}
    return told | ({"hours": draw(hours(9000))} if draw(st.booleans()) else {})


@st.composite
def charts(draw: st.DrawFn, hook: str | None = None) -> Json:
    """Any patient on any hook."""
    chosen = hook or draw(st.sampled_from(HOOKS))
    drafts = st.lists(medicine(drafted=True), min_size=1, max_size=2)
    chart: Json = {
        "hook": chosen,
        "patient": {
            "age": draw(st.one_of(st.none(), st.integers(0, 17), st.integers(18, 95), st.integers(18, 95))),
            "sex": draw(st.sampled_from(["female", "male", None])),
        },
        "magnesium": draw(st.lists(magnesium(), max_size=2)),
        "labs": draw(labs),
        "medications": draw(st.lists(medicine(), max_size=4)),
        "conditions": draw(st.lists(condition(), max_size=3)),
        "drafts": [] if chosen == "patient-view" else draw(drafts),
        "missing": draw(
            st.sampled_from([[]] * 6 + [[key] for key in ("conditions", "medications", "results", "encounters")])
        ),
    }
    setting = draw(st.sampled_from(["inpatient", "inpatient", "emergency", "ambulatory", None]))
    return chart | ({"setting": setting} if setting else {})


@st.composite
def treatable(draw: st.DrawFn, least: int = 10) -> Json:
    """An adult whose magnesium is low and fresh, with a few things that may forbid or change the dose."""
    x, age = draw(xs(least, 69)), draw(st.integers(18, 95))
    kidneys = {"egfr": draw(st.sampled_from([10, 14, 15, 22, 29, 30, 45, 59, 60, 75, 100]))}
    few = {name: [draw(value), None, 2] for name, value in draw(st.sampled_from(_PAIRS))}
    return {
        "hook": "patient-view",
        "patient": {"age": age, "sex": draw(st.sampled_from(["female", "male"]))},
        "setting": draw(st.sampled_from(["inpatient", "emergency", "ambulatory"])),
        "magnesium": {"value": x, "unit": "mmol/L", "hours_ago": 1},
        "labs": few | draw(st.sampled_from([kidneys, kidneys, kidneys, {}])),
        "medications": draw(st.lists(medicine(), max_size=2)),
        "conditions": draw(st.lists(st.one_of(_stops, condition()), max_size=2)),
    }


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
