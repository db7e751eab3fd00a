"""Could a source of the high magnesium be among medicines that nobody could read?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import unread
from cards.model import Indicator, Problem, Say


@rule(Problem.HIGH_MAGNESIUM, adds=True)
def medicines_are_unread(chart: Chart) -> Say | Because:
    """A medicine told by an unknown code and no words may hold magnesium (s.0.11, 1.6)."""
    if not chart.is_high:
        return chart.is_high
    if not chart.unread_current.unread:
        return because("every medicine could be read")
    return Say(Indicator.INFO, ("medicines",), values=unread.shares(chart))
