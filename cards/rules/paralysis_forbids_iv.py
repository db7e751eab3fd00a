"""Does a neuromuscular blocker forbid IV magnesium?"""

from cards import assess
from cards.knowledge import Knowledge
from cards.model import Facts, Finding, Indicator, Problem, Silence


def paralysis_forbids_iv(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """A hard stop for IV magnesium (s.2.2)."""
    if not assess.is_paralysed(facts):
        return Silence("no neuromuscular blocker running")
    return Finding(
        rule="paralysis_forbids_iv",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.WARNING,
        title="suffix",
        say=("stop",),
        values={},
        tests=(),
        leads=False,
        numbers=(),
    )
