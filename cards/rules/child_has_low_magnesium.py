"""Does a child have low magnesium?"""

from cards import assess
from cards.knowledge import Knowledge
from cards.model import DraftTest, Facts, Finding, Indicator, Problem, Silence


def child_has_low_magnesium(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """Under 18 and below the lower limit for the age (s.1.4): no automatic dose, ever."""
    low = facts.low
    if low is None or not assess.is_child(facts):
        return Silence("not a child with low magnesium")
    if facts.ionised and facts.ionised.value >= _ionised_limit(facts, knowledge):
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


def _ionised_limit(facts: Facts, knowledge: Knowledge) -> float:
    neonate = facts.age_days is not None and facts.age_days < knowledge.numbers["age.neonate_days"]
    return knowledge.numbers["ionised.lower.neonate" if neonate else "ionised.lower"]
