"""Does a child have low magnesium?"""

from cards import assess
from cards.knowledge import Knowledge
from cards.model import DraftTest, Facts, Finding, Indicator, Problem, Silence


def child_has_low_magnesium(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """Under 18 and below the lower limit for the age (s.1.4): no automatic dose, ever."""
    low = facts.low
    if low is None or not assess.is_child(facts):
        return Silence("not a child with low magnesium")
    if assess.ionised_is_normal(facts, knowledge):
        return Silence("ionised magnesium is normal")
    return Finding(
        rule="child_has_low_magnesium",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.WARNING,
        alone=True,
        say=("found", "do", "emergency", "check"),
        tests=(DraftTest("magnesium", "now"), DraftTest("bmp", "now"), DraftTest("ecg", "now")),
        numbers=("limit.lower.child", "limit.lower.neonate", "ionised.lower"),
    )
