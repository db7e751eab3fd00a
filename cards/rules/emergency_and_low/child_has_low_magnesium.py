"""Does a child have low magnesium?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, ionised
from cards.model import DraftTest, Indicator, Problem, Say

_TESTS = (DraftTest("magnesium", "now"), DraftTest("bmp", "now"), DraftTest("ecg", "now"))


@rule(Problem.LOW_MAGNESIUM, alone=True, starts=assess.is_child)
def child_has_low_magnesium(chart: Chart) -> Say | Because:
    """Below the lower limit for the age of a child (s.1.4): no automatic dose, ever."""
    if not assess.is_child(chart):
        return because("not a child")
    if ionised.is_normal(chart):
        return because("ionised magnesium is normal")
    return chart.is_low and Say(Indicator.WARNING, ("found", "do", "emergency", "check"), tests=_TESTS)
