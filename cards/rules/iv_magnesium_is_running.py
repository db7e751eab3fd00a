"""Is IV magnesium already running?"""

from cards import assess
from cards.knowledge import Knowledge
from cards.model import DraftTest, Facts, Finding, Indicator, Problem, Silence


def iv_magnesium_is_running(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """IV magnesium now or within 24 hours, or in parenteral nutrition (SAF-DUP): no second order."""
    running = assess.iv_magnesium_lately(facts, knowledge)
    if not running and not assess.nutrition_has_magnesium(facts):
        return Silence("no IV magnesium now or in the last 24 hours, no parenteral nutrition")
    return Finding(
        rule="iv_magnesium_is_running",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.INFO,
        title="suffix" if running else "nutrition",
        say=("found", "check") if running else ("nutrition",),
        values={},
        tests=(DraftTest("magnesium", "after_iv"),) if running else (),
        leads=False,
        numbers=("duplicate.iv_hours",),
    )
