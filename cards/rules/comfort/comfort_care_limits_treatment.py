"""Could magnesium relieve a patient in comfort care?"""

from operator import attrgetter

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, danger
from cards.model import Indicator, Problem, Say


@rule(Problem.LOW_MAGNESIUM, alone=True, in_comfort=True, starts=attrgetter("in_comfort_care"))
def comfort_care_limits_treatment(chart: Chart) -> Say | Because:
    """One line (s.7.2): torsades, a seizure or tetany may be relieved; a severe level is told. No order, no test."""
    if not chart.in_comfort_care:
        return because("no comfort care on record")
    if assess.emergency(chart) and any(danger.is_current(sign, chart) for sign in chart.among("relieved")):
        return Say(Indicator.INFO, ("emergency",), title="emergency")
    low = chart.low
    if low is None or not assess.is_trustworthy(chart) or not chart.is_fresh:
        return because("no low magnesium of now that can be trusted")
    return danger.is_severe(low.x, chart) and Say(Indicator.INFO, ("severe",))
