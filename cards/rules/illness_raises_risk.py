"""Does the patient have an illness that makes low magnesium dangerous?"""

from cards import assess, risks
from cards.knowledge import Knowledge
from cards.model import Band, DraftTest, Facts, Finding, Indicator, Problem, Silence


def illness_raises_risk(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """Heart failure, acute infarction, past arrhythmia, seizures, alcohol withdrawal, heart surgery (s.4.4)."""
    if assess.emergency(facts, knowledge):
        return Silence("the emergency rule speaks")
    if facts.current is not None and facts.current.band is Band.SUBOPTIMAL:
        return Silence("the rule of low-normal values names it")
    if not _illnesses(facts):
        return Silence("no such illness on record")
    return Finding(
        rule="illness_raises_risk",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.WARNING,
        say=("found",),
        values={"illnesses": ", ".join(_illnesses(facts))},
        tests=(DraftTest("ecg", "now"),),
        leads=False,
        numbers=("target.high_risk",),
    )


def _illnesses(facts: Facts) -> tuple[str, ...]:
    return tuple(facts.conditions[category].name for category in risks.ILLNESSES if category in facts.conditions)
