"""Is there an illness that explains low magnesium?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess
from cards.model import Indicator, Problem, RenalGate, Say


@rule(Problem.LOW_MAGNESIUM, adds=True)
def illness_causes_low_magnesium(chart: Chart) -> Say | Because:
    """Gut loss, kidney loss, shift or poor intake on record (s.7)."""
    illnesses = ", ".join(chart.conditions[name].name for name in _causes(chart))
    if not illnesses:
        return because("no such illness on record")
    if chart.low is None and assess.emergency(chart):
        return because("an emergency without low magnesium: nothing to explain")
    return Say(Indicator.INFO, ("found", *_advice(chart)), values={"illnesses": illnesses})


_CAUSES = (
    "diarrhoea",
    "vomiting",
    "inflammatory_bowel_disease",
    "malabsorption",
    "pancreatitis",
    "malnutrition",
    "refeeding",
    "alcohol",
    "diabetic_ketoacidosis",
    "diabetes",
    "poor_intake",
    "gitelman_bartter",
    "transplant",
    "hungry_bone",
    "hyperaldosteronism",
    "hypercalcaemia",
    "hyperthyroidism",
    "burn",
)
_ADVICE = {
    "gut": ("diarrhoea", "inflammatory_bowel_disease", "malabsorption"),
    "alcohol": ("alcohol",),
}


def _causes(chart: Chart) -> tuple[str, ...]:
    named = tuple(name for name in _CAUSES if name in chart.conditions)
    return tuple(name for name in named if name != "diabetes" or "diabetic_ketoacidosis" not in named)


def _advice(chart: Chart) -> tuple[str, ...]:
    fits = {
        **{key: chart.has(*categories) for key, categories in _ADVICE.items()},
        "refeeding": assess.is_refed(chart),
        "sglt2": "diabetes" in _causes(chart) and _sglt2_fits(chart),
        "glp1": chart.has("vomiting", "diarrhoea", "poor_intake") and chart.taking("disputed_cause"),
    }
    return tuple(key for key, applies in fits.items() if applies)


def _sglt2_fits(chart: Chart) -> bool:
    """Not taken yet, and nothing known that speaks against it (s.4.1: heart failure, type 2 diabetes, CKD only)."""
    against = chart.has("type_1_diabetes", "diabetic_ketoacidosis", "pregnancy", "dialysis", "esrd")
    taken = "SGLT2 inhibitor" in chart.drug_classes
    return not (against or taken or chart.renal.gate is RenalGate.R3)
