"""Is potassium low too?"""

from cards.chart import Chart
from cards.judgements import danger
from cards.model import DraftTest, Finding, Indicator, Problem, Silence


def potassium_is_low_too(chart: Chart) -> Finding | Silence:
    """Below 3.5 mmol/L with low magnesium (s.3): magnesium first or together."""
    haemolysed = chart.low is not None and chart.low.haemolysed
    if haemolysed or not danger.potassium_is_low(chart):
        return Silence("potassium is not low, not known, or of a haemolysed sample")
    return Finding(
        rule="potassium_is_low_too",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.WARNING,
        say=("found",),
        values={},
        tests=(DraftTest("bmp", "now"),),
        leads=False,
        numbers=("potassium.low",),
    )
