"""Is magnesium above its range on magnesium for pre-eclampsia?"""

from cards import assess
from cards.knowledge import Knowledge
from cards.model import DraftTest, Facts, Finding, Freshness, Indicator, Problem, Silence


def obstetric_magnesium_is_too_high(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """2.0 to 3.5 mmol/L is intended there (s.1.5); more is a warning, from 3.95 stop."""
    m, n = facts.current, knowledge.numbers
    if m is None or not assess.on_obstetric_magnesium(facts, knowledge) or m.freshness is not Freshness.ACTIONABLE:
        return Silence("no obstetric magnesium with a fresh result")
    if m.x <= n["obstetric.caution"]:
        return Silence("within the intended range, or low: the obstetric protocol decides")
    stop = m.x >= n["obstetric.stop"]
    return Finding(
        rule="obstetric_magnesium_is_too_high",
        problem=Problem.HIGH_MAGNESIUM,
        indicator=Indicator.CRITICAL if stop else Indicator.WARNING,
        title="stop" if stop else "",
        say=("found", "do_stop" if stop else "do_slow", "check"),
        tests=(DraftTest("magnesium", "high"), DraftTest("bmp", "now")),
        numbers=("obstetric.caution", "obstetric.stop"),
    )
