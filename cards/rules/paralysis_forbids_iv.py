"""Does a neuromuscular blocker forbid IV magnesium?"""

from cards.chart import Chart
from cards.judgements import assess
from cards.model import Finding, Indicator, Problem, Silence


def paralysis_forbids_iv(chart: Chart) -> Finding | Silence:
    """A hard stop for IV magnesium (s.2.2)."""
    if not assess.is_paralysed(chart):
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
