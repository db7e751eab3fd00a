"""How much of the medicines, problems and allergies could not be read?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, hard_stops, unread
from cards.model import Indicator, Problem, Say
from cards.plan import doses, emergency_load


@rule(Problem.LOW_MAGNESIUM, adds=True)
def part_is_unread(chart: Chart) -> Say | Because:
    """A code unknown and no words is not known (s.0.11, 7.1): counted, and told where treatment depends on it."""
    if not (chart.low or assess.emergency(chart)):
        return because("magnesium is not low, and no emergency needs it")
    lines = (
        *(("medicines",) if chart.unread_current.unread else ()),
        *(("problems",) if chart.unread_problems.unread and _iv_depends_on_problems(chart) else ()),
        *(("allergies",) if chart.unread_allergies.unread and _magnesium_is_offered(chart) else ()),
    )
    if not lines:
        return because("what treatment depends on could be read")
    return Say(Indicator.INFO, lines, values=unread.shares(chart))


def _magnesium_is_offered(chart: Chart) -> bool:
    return doses.plan(chart).order is not None or emergency_load.order(chart) is not None


def _iv_depends_on_problems(chart: Chart) -> bool:
    """Whether IV magnesium is offered, or may be thought of, and nothing known forbids it already."""
    kind = assess.emergency(chart)
    severe = chart.low is not None and assess.is_severe_band(chart.low.band)
    wanted = bool(kind) or severe or doses.plan(chart).iv is not None
    return wanted and not hard_stops.iv_is_forbidden(chart, kind)
