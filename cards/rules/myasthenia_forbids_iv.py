"""Does myasthenia forbid IV magnesium?"""

from cards.knowledge import Knowledge
from cards.model import Facts, Finding, Indicator, Problem, Silence


def myasthenia_forbids_iv(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """A hard stop for IV magnesium (s.2.2)."""
    if not facts.has("myasthenia"):
        return Silence("no myasthenia on record")
    return Finding(
        rule="myasthenia_forbids_iv",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.WARNING,
        title="suffix",
        say=("stop",),
        values={},
        tests=(),
        leads=False,
        numbers=(),
    )
