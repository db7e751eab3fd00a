"""Is refractory low potassium a sign of unseen low magnesium?"""

from cards import risks
from cards.knowledge import Knowledge
from cards.model import DraftTest, Facts, Finding, Indicator, Problem, Silence


def low_potassium_needs_magnesium_check(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """Potassium below 3.5 a day after it was ordered, and no magnesium within 72 hours (RSK-K)."""
    if not risks.potassium_is_refractory(facts, knowledge):
        return Silence("potassium is not low in spite of replacement")
    potassium = facts.results.get("potassium")
    gap = knowledge.numbers["potassium.magnesium_gap_hours"]
    if facts.magnesium and facts.hours_since(facts.magnesium.when) <= gap:
        return Silence("magnesium was measured within 72 hours")
    if "magnesium" in facts.not_known or "electrolytes" in facts.not_known:
        return Silence("magnesium or potassium could not be looked at")
    return Finding(
        rule="low_potassium_needs_magnesium_check",
        problem=Problem.LOOK_FOR_LOW,
        indicator=Indicator.INFO,
        say=("found", "do"),
        tests=(DraftTest("magnesium", "now"),),
        numbers=("potassium.low", "potassium.refractory_hours", "potassium.magnesium_gap_hours"),
        about=f"{potassium.when.isoformat()} {potassium.value}" if potassium else "",
    )
