"""Does respiratory failure forbid IV magnesium?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.model import Indicator, Problem, Say


@rule(Problem.LOW_MAGNESIUM, adds=True)
def breathing_failure_forbids_iv(chart: Chart) -> Say | Because:
    """A hard stop for IV magnesium (s.2.2)."""
    if not chart.has("respiratory_failure"):
        return because("no respiratory failure on record")
    return Say(
        Indicator.WARNING,
        ("stop",),
        title="suffix",
    )
