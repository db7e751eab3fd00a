"""Is the magnesium result impossible?"""

from cards.ask import rule
from cards.chart import Because, Chart
from cards.model import DraftTest, Indicator, Problem, Say

_TESTS = (DraftTest("magnesium", "now"), DraftTest("bmp", "now"))


def _is_implausible(chart: Chart) -> bool:
    return chart.current is not None and not chart.current.plausible


@rule(Problem.DATA_QUALITY, starts=_is_implausible)
def result_is_implausible(chart: Chart) -> Say | Because:
    """Lower or higher than anybody's (s.0.7): repeat before anything else."""
    return chart.is_fresh and _is_impossible(chart) and Say(Indicator.WARNING, ("found", "check"), tests=_TESTS)


def _is_impossible(chart: Chart) -> Because:
    x = chart.current.x if chart.current else None
    return chart.above(x, "plausible.max") or chart.below(x, "plausible.min")
