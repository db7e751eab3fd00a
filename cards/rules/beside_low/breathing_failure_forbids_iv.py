"""Does respiratory failure forbid IV magnesium?"""

from cards.ask import rule
from cards.chart import Because, Chart
from cards.model import Indicator, Problem, Say


@rule(Problem.LOW_MAGNESIUM, adds=True)
def breathing_failure_forbids_iv(chart: Chart) -> Say | Because:
    """A hard stop for IV magnesium (s.2.2)."""
    return chart.on_record("respiratory_failure") and Say(Indicator.WARNING, ("stop",), title="suffix")
