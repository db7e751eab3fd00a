"""Does a risk ask for an ECG and a higher goal?"""

from cards import assess, risks
from cards.knowledge import Knowledge
from cards.model import DraftTest, Facts, Finding, Indicator, Problem, Silence


def risk_raises_the_goal(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """Each modifier of s.4.4 asks for an ECG and 2.0 mg/dL; the one goal of the card."""
    low = assess.trusted_low(facts, knowledge)
    if low is None or assess.emergency(facts, knowledge):
        return Silence("no low magnesium of an adult that can be trusted, or the emergency rule speaks")
    named = risks.named(facts, knowledge)
    if not named:
        return Silence("nothing that makes low magnesium dangerous")
    said = assess.is_severe_band(low.band) and not assess.must_repeat_first(low, facts, knowledge)
    goal = "both" if named != (risks.LOW_CALCIUM,) and _potassium_may_be_short(facts, knowledge) else "magnesium"
    return Finding(
        rule="risk_raises_the_goal",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.INFO,
        say=(goal,) if said else ("ecg", goal),
        tests=(DraftTest("ecg", "now"),),
        leads=False,
        numbers=("target.high_risk", "target.potassium"),
    )


def _potassium_may_be_short(facts: Facts, knowledge: Knowledge) -> bool:
    value = risks.potassium(facts)
    return value is None or value < knowledge.numbers["target.potassium"]
