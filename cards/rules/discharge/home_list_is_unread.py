"""Is a medicine unread that may be magnesium, or what lowers it?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.model import Indicator, Problem, Say


@rule(Problem.DISCHARGE, adds=True)
def home_list_is_unread(chart: Chart) -> Say | Because:
    """Counted, and told only beside other advice (s.14)."""
    unread = chart.unread_orders
    return Say(Indicator.INFO, ("unread",), values={"unread": str(unread)}) if unread else because("all could be read")
