"""Is IV magnesium drafted where part of the medicines or problems could not be read?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, unread
from cards.judgements.indication import is_wanted
from cards.model import Indicator, Medication, Problem, Route, Say
from cards.plan import own_orders


@rule(Problem.DRAFT_MAGNESIUM)
def draft_magnesium_meets_unread(chart: Chart) -> Say | Because:
    """What nobody could read may be a hard stop or magnesium that runs already (s.0.11, 7.1)."""
    drafts = [d for d in chart.chosen if is_wanted(d) and d.route is Route.INTRAVENOUS and not _was_told(d, chart)]
    lines = (
        *(("medicines",) if chart.unread_orders else ()),
        *(("problems",) if chart.unread_problems.unread else ()),
    )
    if not drafts or not lines:
        return because("no IV magnesium is drafted, or what it depends on could be read or was told")
    names = {"drug": ", ".join(dict.fromkeys(d.name for d in drafts))}
    return Say(Indicator.INFO, lines, title=lines[0], values={**names, **unread.shares(chart)})


def _was_told(draft: Medication, chart: Chart) -> bool:
    """Beside our own offer."""
    return assess.emergency(chart) is not None or own_orders.is_own(draft, chart)
