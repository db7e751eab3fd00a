"""Does hypotension forbid IV magnesium?"""

from cards.chart import Chart
from cards.model import Finding, Indicator, Problem, Silence


def hypotension_forbids_iv(chart: Chart) -> Finding | Silence:
    """A hard stop for IV magnesium (s.2.2)."""
    if not chart.has("hypotension"):
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
