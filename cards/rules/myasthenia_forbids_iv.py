"""Does myasthenia forbid IV magnesium?"""

from cards.chart import Chart
from cards.model import Finding, Indicator, Problem, Silence


def myasthenia_forbids_iv(chart: Chart) -> Finding | Silence:
    """A hard stop for IV magnesium (s.2.2)."""
    if not chart.has("myasthenia"):
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
