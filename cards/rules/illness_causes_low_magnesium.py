"""Is there an illness that explains low magnesium?"""

from cards import assess
from cards.knowledge import Knowledge
from cards.model import Facts, Finding, Indicator, Problem, RenalGate, Silence


def illness_causes_low_magnesium(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """Gut loss, kidney loss, shift or poor intake on record (s.7)."""
    if not _causes(facts):
        return Silence("no such illness on record")
    if facts.low is None and assess.emergency(facts, knowledge):
        return Silence("an emergency without low magnesium: nothing to explain")
    return Finding(
        rule="illness_causes_low_magnesium",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.INFO,
        say=("found", *_advice(facts)),
        values={"illnesses": ", ".join(facts.conditions[c].name for c in _causes(facts))},
        tests=(),
        leads=False,
        numbers=(),
    )


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


def _causes(facts: Facts) -> tuple[str, ...]:
    named = tuple(name for name in _CAUSES if name in facts.conditions)
    return tuple(name for name in named if name != "diabetes" or "diabetic_ketoacidosis" not in named)


def _advice(facts: Facts) -> tuple[str, ...]:
    keys = [key for key, categories in _ADVICE.items() if facts.has(*categories)]
    keys += ["refeeding"] * assess.is_refed(facts)
    if "diabetes" in _causes(facts) and _sglt2_fits(facts):
        keys.append("sglt2")
    if facts.has("vomiting", "diarrhoea", "poor_intake") and facts.taking("disputed_cause"):
        keys.append("glp1")
    return tuple(keys)


def _sglt2_fits(facts: Facts) -> bool:
    """Not taken yet, and nothing known that speaks against it (s.4.1: heart failure, type 2 diabetes, CKD only)."""
    against = facts.has("type_1_diabetes", "diabetic_ketoacidosis", "pregnancy", "dialysis", "esrd")
    taken = "SGLT2 inhibitor" in facts.drug_classes
    return not (against or taken or facts.renal.gate is RenalGate.R3)
