"""Does a child have low magnesium?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess
from cards.model import DraftTest, Indicator, Problem, Say


@rule(Problem.LOW_MAGNESIUM, alone=True)
def child_has_low_magnesium(chart: Chart) -> Say | Because:
    """Under 18 and below the lower limit for the age (s.1.4): no automatic dose, ever."""
    low = chart.low
    if low is None or not assess.is_child(chart):
        return because("not a child with low magnesium")
    if assess.ionised_is_normal(chart):
        return because("ionised magnesium is normal")
    return Say(
        Indicator.WARNING,
        ("found", "do", "emergency", "check"),
        tests=(DraftTest("magnesium", "now"), DraftTest("bmp", "now"), DraftTest("ecg", "now")),
    )
