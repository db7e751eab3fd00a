"""Which drug may stand beside magnesium: a potassium-sparing one, and why not (clinical rule s.4.1)."""

from cards.chart import Chart, once
from cards.judgements import allergies
from cards.model import Medication, Result


@once
def why_no_potassium_sparing(chart: Chart) -> str:
    """Why no potassium-sparing drug may be named here, in words for the card; "" when one may."""
    potassium, words = chart.results.get("potassium"), chart.knowledge.words
    if any(r.is_in("potassium_sparing") for m in (*chart.active, *chart.drafts) for r in m.roles):
        return words.say("no_sparing.taken")
    if chart.medications is None:
        return words.say("no_sparing.medicines")
    if chart.has("obstetric"):
        return words.say("no_sparing.pregnant")
    if illness := chart.among("no_potassium_sparing"):
        return illness[0].name
    pressure = chart.results.get("systolic_pressure")
    if pressure and chart.below(pressure.value, "potassium.sparing_min_pressure"):
        return words.say("vital_signs.systolic_pressure", value=pressure.value)
    if not allergies.sparing_left("diuretic", chart):
        return words.say("no_sparing.allergy", allergy=allergies.against_sparing(chart))
    if raisers := _raisers(chart):
        return words.say("no_sparing.beside", drug=raisers[0])
    return _by_blood(potassium, chart)


def _by_blood(potassium: Result | None, chart: Chart) -> str:
    words, egfr = chart.knowledge.words, chart.renal.egfr
    if potassium is None or not chart.at_most(chart.hours_since(potassium.when), "potassium.sparing_hours"):
        return words.say("no_sparing.potassium_unknown")
    # of two of one time the one that forbids it (s.0.5)
    highest = max(potassium.value, potassium.also or potassium.value)
    if chart.at_least(highest, _most_potassium(chart)):
        return words.say("no_sparing.potassium", potassium=potassium.shown)
    kidneys_allow = chart.at_least(egfr, "potassium.sparing_min_egfr")
    return "" if kidneys_allow and chart.renal.gate.is_good else chart.renal.reason


def _most_potassium(chart: Chart) -> str:
    """The threshold of potassium: a lower one beside a drug that holds it back."""
    roles = [r for m in _listed(chart) for r in m.roles]
    held = any(r.role == "raises_k" or r.of_class.advice == "calcineurin" for r in roles)
    return "potassium.sparing_max.beside" if held else "potassium.sparing_max"


def _raisers(chart: Chart) -> list[str]:
    """What is taken or ordered that raises potassium whatever its level: trimethoprim, potassium itself."""
    strong = [r.ingredient for m in _listed(chart) for r in m.roles if r.role == "raises_k" and r.evidence == "strong"]
    return strong or [m.name for m in _listed(chart) if m.is_potassium]


def _listed(chart: Chart) -> tuple[Medication, ...]:
    return (*chart.active, *chart.drafts)
