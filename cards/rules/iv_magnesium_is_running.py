"""Is IV magnesium already running?"""

from cards import assess
from cards.knowledge import Knowledge
from cards.model import DraftTest, Facts, Finding, Indicator, Problem, Silence


def iv_magnesium_is_running(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """IV magnesium now or within 24 hours, or in parenteral nutrition (SAF-DUP): no second order."""
    if not assess.iv_magnesium_running(facts, knowledge):
        return Silence("no IV magnesium now or in the last 24 hours")
    return Finding(
        rule="iv_magnesium_is_running",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.INFO,
        title="suffix",
        say=("found", "check"),
        values={},
        tests=(DraftTest("magnesium", "after_iv"),),
        leads=False,
        numbers=("duplicate.iv_hours",),
    )
