"""What a protocol may ask, read of a chart: levels, conditions, medicines, unit; and what limits magnesium."""

from collections.abc import Callable, Iterator, Mapping

from cards.chart import Chart, once
from cards.chart.urine import per_hour
from cards.judgements import airway, allergies, assess, calcium, danger, given, hard_stops, phosphate, potassium
from cards.model import DAYS_A_YEAR, Band, RenalGate, Setting
from cards.model.protocol_answer import Facts
from cards.plan import lists
from cards.plan.units_of_stay import units
from cards.protocol.bounds import kidneys_forbid
from cards.protocol.stops import Bounds

_PERMISSIONS = frozenset({"iv", "oral"})  # who is asked for advice may order; the card is for prescribers
_RESULTS = {"potassium": "potassium", "creatinine": "scr", "qtc": "qtc", "phosphate": "phosphate"}
_SIGNS = {"systolic_pressure": "systolic", "heart_rate": "heart_rate", "respiratory_rate": "respiratory_rate"}


def _has_heart_at_risk(chart: Chart) -> bool:
    return bool(danger.qt_drugs(chart)) or danger.takes_digoxin(chart) or bool(danger.qtc_is_long(chart))


def _oral(chart: Chart) -> str:
    return "nil" if assess.cannot_take_oral(chart) else "tube" if chart.has("feeding_tube") else ""


def _band(chart: Chart) -> str:
    band = assess.dose_band(chart.low, chart) if chart.low else None
    return LEVELS.get(band, "") if band else ""


LEVELS = {Band.CRITICAL_LOW: "critical", Band.SEVERE: "severe", Band.MODERATE: "moderate", Band.MILD: "mild"}
# the words that protocol_words.yaml calls judged, and the states that are
JUDGED: Mapping[str, Callable[[Chart], bool]] = {
    "in_hospital": lambda chart: chart.inpatient,
    "high_risk": lambda chart: bool(danger.named(chart)),
    "heart_at_risk": _has_heart_at_risk,
    "refractory_hypokalaemia": lambda chart: bool(potassium.is_refractory(chart)),
    "slow_infusion": airway.needs_slow_iv,
    "infusion_ended": lambda chart: given.iv_magnesium_ended(chart) is not None,
    "place_unknown": lambda chart: chart.setting is Setting.UNKNOWN,
}
JUDGED_STATES: Mapping[str, Callable[[Chart], str]] = {
    "band": _band,
    "kidneys": lambda chart: chart.renal.gate.name,
    "oral": _oral,
}


@once
def facts(chart: Chart) -> Facts:
    """The patient as a protocol asks about him. The eGFR stands for a clearance that nobody tells."""
    numbers = dict(_numbers(chart))
    if "egfr" in numbers:
        numbers.setdefault("crcl", numbers["egfr"])
    return Facts(
        magnesium=_magnesium(chart),
        numbers=numbers,
        states=dict(_states(chart)),
        units=units(chart),
        has=chart.knowledge.protocol_words.all_of(_words(chart)),
        permissions=_PERMISSIONS,
    )


def _magnesium(chart: Chart) -> float | None:
    """In mmol/L, not rounded: what the laboratory prints in another unit is rounded once."""
    m = chart.current
    if m is None:
        return None
    exact = (
        r.value for r in chart.readings.found.get("magnesium", ()) if r.reference == m.reference and r.when == m.when
    )
    return next((value for value in exact if abs(value - m.x) <= 0.005), m.x)


def _numbers(chart: Chart) -> Iterator[tuple[str, float]]:
    for analyte, name in _RESULTS.items():
        if (result := chart.results.get(analyte)) is not None:
            yield from ((name, result.value), (f"age_h.{name}", chart.hours_since(result.when)))
    yield from ((name, chart.vital_signs[sign].value) for sign, name in _SIGNS.items() if sign in chart.vital_signs)
    told = {
        "weight": chart.weight,
        "urine_output": per_hour(chart.readings.found, chart.now, chart.knowledge),
        "calcium": calcium.corrected(chart),
        "egfr": chart.renal.egfr,
        "age": chart.age_days / DAYS_A_YEAR if chart.age_days is not None else None,
        "age_h": chart.hours_since(chart.current.when) if chart.current else None,
    }
    yield from ((name, value) for name, value in told.items() if value is not None)


def _states(chart: Chart) -> Iterator[tuple[str, str]]:
    if calcium.ionised(chart) or calcium.corrected(chart) is not None:
        yield "calcium", "low" if calcium.is_low(chart) else "normal"
    if potassium.level(chart) is not None:
        yield "potassium", "low" if potassium.is_low(chart) else "normal"
    if phosphate.level(chart) is not None:
        yield "phosphate", "low" if phosphate.is_low(chart) else "normal"
    yield from ((name, state) for name, read in JUDGED_STATES.items() if (state := read(chart)))


def _words(chart: Chart) -> Iterator[str]:
    vocabulary = chart.knowledge.protocol_words
    for word, categories in vocabulary.conditions.items():
        if not chart.conditions.keys().isdisjoint(categories):
            yield word
    for word, group in vocabulary.drugs.items():
        if any(m.has_role(group) or any(role.is_in(group) for role in m.roles) for m in chart.active):
            yield word
    names = {name for m in chart.active for role in m.roles for name in (role.ingredient, role.drug_class)}
    yield from (word for word, taken in vocabulary.taken.items() if not taken.isdisjoint(names))
    yield from (word for word, salt in vocabulary.allergies.items() if allergies.stop(salt, chart))
    yield from (word for word, judged in vocabulary.judged.items() if JUDGED[judged](chart))
    if chart.renal.gate is RenalGate.R2 and chart.at_least(chart.renal.egfr, "egfr.r1"):
        yield "aki"  # by a rising creatinine
    if given.nutrition_has_magnesium(chart):
        yield "parenteral_nutrition"


@once
def bounds(chart: Chart) -> Bounds:
    """What limits magnesium in this patient; the first reason against a route counts."""
    against = dict(reversed(list(_against(chart))))
    return Bounds(chart.renal.gate, given.grams_given(chart) or 0.0, against, dict(_against_salts(chart)))


def _against_salts(chart: Chart) -> Iterator[tuple[str, str]]:
    """What the allergy list says against salts by mouth; of a gut intolerance to no salt in particular, harsh ones."""
    say, doses = chart.knowledge.words.say, chart.knowledge.doses
    unnamed = allergies.to_unnamed_salt(chart)
    for allergy in (a for a in allergies.to_magnesium(chart) if a not in unnamed):
        yield allergy.salt, say("protocol.allergy", allergy=allergies.told((allergy,), chart))
    harsh = (chart.knowledge.products[s.id].salt for s in doses.salts.values() if unnamed and not s.gentle)
    for salt in filter(None, harsh):
        yield salt, say("protocol.allergy", allergy=allergies.told(unnamed, chart))


def _against(chart: Chart) -> Iterator[tuple[str, str]]:
    say = chart.knowledge.words.say
    if kidneys := kidneys_forbid(chart.renal.gate, chart.knowledge):
        yield "", kidneys
    if given.holds_dose(chart):
        yield "", say("protocol.given")
    for name, applies in _against_iv(chart):
        if applies:
            yield "iv", say(f"protocol.{name}")
    if stop := next(
        (s for s in chart.knowledge.hard_stops.values() if not s.caution and hard_stops.stops(s, chart)), None
    ):
        yield "iv", say("protocol.stop", stop=stop.name.replace("_", " "))
    for name, applies in _against_oral(chart):
        if applies:
            yield "oral", say(f"protocol.{name}")


def _against_iv(chart: Chart) -> Iterator[tuple[str, bool]]:
    yield "place", chart.setting is Setting.UNKNOWN
    yield "unread", lists.are_unsure(chart)
    yield "nutrition", given.nutrition_has_magnesium(chart)
    yield "amount_unknown", given.iv_magnesium_ended(chart) is not None and given.grams_given(chart) is None


def _against_oral(chart: Chart) -> Iterator[tuple[str, bool]]:
    yield "unread", lists.may_hide_tablets(chart)
    yield "no_oral", assess.cannot_take_oral(chart) or given.gut_is_unused(chart)
    yield "taken", bool(given.oral_magnesium(chart))
    yield "avoided", assess.avoids_oral(chart)
    mild = chart.low is None or chart.low.band is Band.MILD
    yield "kidneys_mild", chart.renal.gate is RenalGate.R2 and mild and not danger.named(chart)
