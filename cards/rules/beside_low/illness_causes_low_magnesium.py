"""Is there an illness that explains low magnesium?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess
from cards.model import Condition, Indicator, Problem, RenalGate, Say


@rule(Problem.LOW_MAGNESIUM, adds=True)
def illness_causes_low_magnesium(chart: Chart) -> Say | Because:
    """Gut loss, kidney loss, shift or poor intake on record (s.7)."""
    illnesses = ", ".join(illness.name for illness in _causes(chart))
    if not illnesses:
        return because("no such illness on record")
    if chart.low is None and assess.emergency(chart):
        return because("an emergency without low magnesium: nothing to explain")
    return Say(Indicator.INFO, ("found", *_advice(chart)), values={"illnesses": illnesses})


def _causes(chart: Chart) -> tuple[Condition, ...]:
    """Ketoacidosis says more than diabetes."""
    named = (*chart.among("causes"), *(_begun(chart) if assess.is_refed(chart) else ()))
    return tuple(c for c in named if c.category != "diabetes" or not chart.has("diabetic_ketoacidosis"))


def _begun(chart: Chart) -> tuple[Condition, ...]:
    found = chart.conditions.get("feeding_begun")
    return (found,) if found else ()


def _advice(chart: Chart) -> tuple[str, ...]:
    fits = {
        "gut": assess.has_gut_loss(chart),
        "alcohol": chart.has("drinking"),
        "refeeding": assess.is_refed(chart),
        "sglt2": chart.has("diabetes") and not chart.has("diabetic_ketoacidosis") and _sglt2_fits(chart),
        "glp1": chart.has("low_intake_or_loss") and chart.taking("disputed_cause"),
    }
    return tuple(key for key, applies in fits.items() if applies)


def _sglt2_fits(chart: Chart) -> bool:
    """Not taken yet, and nothing known that speaks against it (s.4.1: heart failure, type 2 diabetes, CKD only)."""
    against = chart.has("no_sglt2")
    taken = "sglt2" in chart.drug_groups
    return not (against or taken or chart.renal.gate is RenalGate.R3)
