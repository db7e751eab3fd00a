"""Was the last level of the stay drawn so soon after IV magnesium that it reads too high?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import given
from cards.model import Indicator, Problem, Say


@rule(Problem.DISCHARGE, adds=True)
def level_may_read_too_high(chart: Chart) -> Say | Because:
    """Drawn less than 4 h after it: read with care (s.14)."""
    if not given.level_is_early(chart):
        return because("no level that was drawn soon after IV magnesium")
    return Say(Indicator.INFO, ("early",))
