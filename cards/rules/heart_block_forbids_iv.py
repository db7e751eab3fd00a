"""Does heart block forbid IV magnesium?"""

from cards import assess
from cards.knowledge import Knowledge
from cards.model import Facts, Finding, Indicator, Problem, Silence


def heart_block_forbids_iv(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """A hard stop for IV magnesium (s.2.2)."""
    if not facts.has("av_block"):
        return Silence("no heart block on record")
    if assess.emergency(facts, knowledge) == "torsades":
        return Silence("in torsades an expert decides: the emergency rule says so")
    return Finding(
        rule="heart_block_forbids_iv",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.WARNING,
        title="suffix" if assess.has_unpaced_heart_block(facts) else "",
        say=("stop" if assess.has_unpaced_heart_block(facts) else "paced",),
        values={},
        tests=(),
        leads=False,
        numbers=(),
    )
