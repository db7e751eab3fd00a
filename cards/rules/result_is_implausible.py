"""Is the magnesium result impossible?"""

from cards.chart import Chart
from cards.model import DraftTest, Finding, Freshness, Indicator, Problem, Silence


def result_is_implausible(chart: Chart) -> Finding | Silence:
    """Below 0.10 or above 10 mmol/L (s.0.7): repeat before anything else."""
    m = chart.current
    if m is None or m.plausible or m.freshness is not Freshness.ACTIONABLE:
        return Silence("the magnesium result is plausible")
    return Finding(
        rule="result_is_implausible",
        problem=Problem.DATA_QUALITY,
        indicator=Indicator.WARNING,
        say=("found", "check"),
        tests=(DraftTest("magnesium", "now"), DraftTest("bmp", "now")),
        numbers=("plausible.min", "plausible.max"),
    )
