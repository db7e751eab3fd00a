"""Does a patient go home moderately low?"""

from cards.ask import rule
from cards.chart import Because, Chart
from cards.judgements import leaving
from cards.model import Band, Indicator, Problem, Say
from cards.plan.low_goes_home import says_low


@rule(Problem.DISCHARGE)
def moderate_low_goes_home(chart: Chart) -> Say | Because:
    """Tablets where none go home, and a recheck (s.14, DIS-MOD); silent where both are seen to."""
    return leaving.may_speak(chart) and says_low(Band.MODERATE, Indicator.WARNING, chart)
