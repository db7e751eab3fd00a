"""Does hypotension forbid IV magnesium?"""

from cards.knowledge import Knowledge
from cards.model import Facts, Finding, Indicator, Problem, Silence


def hypotension_forbids_iv(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """A hard stop for IV magnesium (s.2.2)."""
    if not facts.has("hypotension"):
        return Silence("no hypotension on record")
    return Finding(
        rule="hypotension_forbids_iv",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.WARNING,
        title="suffix",
        say=("stop",),
        values={},
        tests=(),
        leads=False,
        numbers=(),
    )
