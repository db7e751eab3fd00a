"""Is potassium low too?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import potassium
from cards.model import DraftTest, Indicator, Problem, Say


@rule(Problem.LOW_MAGNESIUM, adds=True)
def potassium_is_low_too(chart: Chart) -> Say | Because:
    """With low magnesium (s.3): magnesium first or together."""
    if chart.low and chart.low.haemolysed:
        return because("potassium of a haemolysed sample says nothing")
    return potassium.is_low(chart) and Say(Indicator.WARNING, ("found",), tests=(DraftTest("bmp", "now"),))
