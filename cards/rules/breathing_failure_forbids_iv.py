"""Does respiratory failure forbid IV magnesium?"""

from cards.chart import Chart
from cards.model import Finding, Indicator, Problem, Silence


def breathing_failure_forbids_iv(chart: Chart) -> Finding | Silence:
    """A hard stop for IV magnesium (s.2.2)."""
    if not chart.has("respiratory_failure"):
        return Silence("no respiratory failure on record")
    return Finding(
        rule="breathing_failure_forbids_iv",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.WARNING,
        title="suffix",
        say=("stop",),
        values={},
        tests=(),
        leads=False,
        numbers=(),
    )
