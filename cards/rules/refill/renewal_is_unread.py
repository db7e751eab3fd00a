"""Is something renewed that nobody can name, where magnesium would be dangerous?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import leaving
from cards.model import Indicator, Problem, Say


@rule(Problem.REFILL)
def renewal_is_unread(chart: Chart) -> Say | Because:
    """Counted, and told only where it could hide a danger: a high level, poor kidneys (s.14)."""
    unread = len(chart.unread_drafts)
    if not unread:
        return because("all that is renewed could be read")
    if not leaving.kidneys_are_poor(chart) and not chart.is_high:
        return because("neither the level nor the kidneys make magnesium dangerous")
    return Say(Indicator.INFO, ("found", "check"), values={"unread": str(unread)})
