"""Does a child have torsades now?"""

from cards import assess, risks
from cards.knowledge import Knowledge
from cards.model import DraftTest, Facts, Finding, Indicator, Problem, Silence


def child_has_torsades(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """Under 18 at any magnesium but a high one (s.1.4): the dose by weight for reference, no order."""
    if not assess.is_child(facts) or not risks.is_current(facts.conditions.get("torsades"), facts, knowledge):
        return Silence("not a child with torsades now")
    if assess.is_high(facts):
        return Silence("magnesium is high")
    forbidden = assess.iv_is_forbidden(facts, knowledge, "torsades")
    return Finding(
        rule="child_has_torsades",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.CRITICAL,
        title="expert" if forbidden else "",
        alone=True,
        say=("found", "expert" if forbidden else "dose", "check"),
        tests=(DraftTest("magnesium", "now"), DraftTest("bmp", "now"), DraftTest("ecg", "now")),
        numbers=("emergency.hours",),
    )
