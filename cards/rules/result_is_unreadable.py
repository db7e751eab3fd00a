"""Is there a magnesium result that cannot be read?"""

from cards.knowledge import Knowledge
from cards.model import DraftTest, Facts, Finding, Freshness, Indicator, Problem, Silence


def result_is_unreadable(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """A result without unit, value or date says nothing by itself (s.0.1): verify it, and never guess."""
    told = facts.unreadable_magnesium
    if not told:
        return Silence("every magnesium result could be read")
    if facts.current and facts.current.freshness is Freshness.ACTIONABLE:
        return Silence("another fresh magnesium result could be read")
    return Finding(
        rule="result_is_unreadable",
        problem=Problem.DATA_QUALITY,
        indicator=Indicator.INFO,
        say=("found", "check"),
        values={"why": told[0].why},
        tests=(DraftTest("magnesium", "now"),),
        about="; ".join(sorted(result.why for result in told)),
    )
