"""Is the magnesium result impossible?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.model import DraftTest, Freshness, Indicator, Problem, Say


@rule(Problem.DATA_QUALITY)
def result_is_implausible(chart: Chart) -> Say | Because:
    """Below 0.10 or above 10 mmol/L (s.0.7): repeat before anything else."""
    m = chart.current
    if m is None or m.plausible or m.freshness is not Freshness.ACTIONABLE:
        return because("the magnesium result is plausible")
    return Say(
        Indicator.WARNING,
        ("found", "check"),
        tests=(DraftTest("magnesium", "now"), DraftTest("bmp", "now")),
    )
