"""Is potassium low too?"""

from cards import risks
from cards.knowledge import Knowledge
from cards.model import DraftTest, Facts, Finding, Indicator, Problem, Silence


def potassium_is_low_too(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """Below 3.5 mmol/L with low magnesium (s.3): magnesium first or together."""
    haemolysed = facts.low is not None and facts.low.haemolysed
    if haemolysed or not risks.potassium_is_low(facts, knowledge):
        return Silence("potassium is not low, not known, or of a haemolysed sample")
    return Finding(
        rule="potassium_is_low_too",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.WARNING,
        say=("found",),
        values={},
        tests=(DraftTest("bmp", "now"),),
        leads=False,
        numbers=("potassium.low",),
    )
