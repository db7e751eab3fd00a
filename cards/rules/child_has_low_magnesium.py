"""Does a child have low magnesium?"""

from cards.chart import Chart
from cards.judgements import assess
from cards.model import DraftTest, Finding, Indicator, Problem, Silence


def child_has_low_magnesium(chart: Chart) -> Finding | Silence:
    """Under 18 and below the lower limit for the age (s.1.4): no automatic dose, ever."""
    low = chart.low
    if low is None or not assess.is_child(chart):
        return Silence("not a child with low magnesium")
    if assess.ionised_is_normal(chart):
        return Silence("ionised magnesium is normal")
    return Finding(
        rule="child_has_low_magnesium",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.WARNING,
        alone=True,
        say=("found", "do", "emergency", "check"),
        tests=(DraftTest("magnesium", "now"), DraftTest("bmp", "now"), DraftTest("ecg", "now")),
        numbers=("limit.lower.child", "limit.lower.neonate", "ionised.lower"),
    )
