"""Was the tube contaminated with K-EDTA or oxalate?"""

from operator import attrgetter

from cards.ask import rule
from cards.chart import Because, Chart
from cards.judgements import assess
from cards.model import DraftTest, Indicator, Problem, Say

_TESTS = (DraftTest("magnesium", "now"), DraftTest("bmp", "now"))


@rule(Problem.DATA_QUALITY, starts=attrgetter("low"))
def sample_is_contaminated(chart: Chart) -> Say | Because:
    """Low magnesium, very high potassium and very low calcium at once (s.0.7): repeat."""
    return assess.is_contaminated(chart) and Say(Indicator.WARNING, ("found", "check"), tests=_TESTS)
