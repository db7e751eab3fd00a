"""What could not be had, or failed, and may hide advice that would have been given."""

from cards.chart import Chart
from cards.chart.inputs import INPUTS, Input
from cards.judgements import causes
from cards.model import ABOUT_DRAFTS, Problem

# an order that nobody can name may be one of these
_OF_UNREAD = (Problem.DRAFT_MAGNESIUM, Problem.REFILL)


def inputs(chart: Chart) -> tuple[Input, ...]:
    """The inputs that nobody could supply and that a silent rule looked at, of the rules that concern this call."""
    keys = {key for problem, looked_at in chart.unsettled if _concerns(problem, chart) for key in looked_at}
    return tuple(asked for asked in INPUTS if asked.key in keys)


def rules_failed(chart: Chart) -> bool:
    """Whether a rule failed that might have titled a card of this call."""
    return any(_concerns(problem, chart) for problem in chart.broken)


def _concerns(problem: Problem, chart: Chart) -> bool:
    """About orders only what a drafted order has to do with is spoken of."""
    if not chart.about_orders:
        return True
    if problem in ABOUT_DRAFTS:
        unread = problem in _OF_UNREAD and chart.unread_drafts and not chart.is_choosing
        return bool(unread) or any(d.roles or d.magnesium or d.has_minerals or d.is_fluid for d in chart.chosen)
    return any(draft.is_potassium or causes.concerns_magnesium(draft) for draft in chart.chosen)
