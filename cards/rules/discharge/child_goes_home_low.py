"""Does a child go home with low magnesium?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.chart.destination import Destination
from cards.judgements import assess
from cards.model import Indicator, Problem, Say


@rule(Problem.DISCHARGE, alone=True)
def child_goes_home_low(chart: Chart) -> Say | Because:
    """It is told, and no order (s.14)."""
    if not assess.is_child(chart):
        return because("not a child")
    if chart.destination is Destination.HOSPITAL:
        return because("goes to another hospital, which goes on treating")
    return assess.is_trustworthy(chart) and Say(Indicator.INFO, ("found", "ask"))
