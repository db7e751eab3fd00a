"""Is potassium low too?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import danger
from cards.model import DraftTest, Indicator, Problem, Say


@rule(Problem.LOW_MAGNESIUM, adds=True)
def potassium_is_low_too(chart: Chart) -> Say | Because:
    """Below 3.5 mmol/L with low magnesium (s.3): magnesium first or together."""
    haemolysed = chart.low is not None and chart.low.haemolysed
    if haemolysed or not danger.potassium_is_low(chart):
        return because("potassium is not low, not known, or of a haemolysed sample")
    return Say(
        Indicator.WARNING,
        ("found",),
        tests=(DraftTest("bmp", "now"),),
    )
