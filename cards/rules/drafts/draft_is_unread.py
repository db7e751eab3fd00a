"""Is an order being signed that nobody could read, where magnesium would be refused or is out of range?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import unread
from cards.model import Indicator, Problem, Say


@rule(Problem.DRAFT_MAGNESIUM)
def draft_is_unread(chart: Chart) -> Say | Because:
    """An order told by an unknown code and no words was not checked: said where it could be a danger (s.0.11)."""
    drafts = chart.unread_drafts
    if not drafts or chart.is_choosing:
        return because("every order being signed could be read, or none is signed yet")
    line = _line(chart)
    if not line:
        return because("magnesium is within its limits, or not known, and nothing on record forbids it")
    values = {
        "unread": str(len(drafts)),
        "drafts": str(len(chart.signed)),
        "reasons": ", ".join(unread.reasons_to_refuse(chart)),
    }
    indicator = Indicator.WARNING if line == "high" else Indicator.INFO
    return Say(indicator, ("found", line), values=values, about=unread.told_apart(drafts, chart))


def _line(chart: Chart) -> str:
    """What would make an unread order dangerous; "" where nothing would."""
    m = chart.current
    if m is not None and m.plausible and chart.is_high:
        return "high"
    if unread.reasons_to_refuse(chart):
        return "refused"
    return "low" if m is not None and m.plausible and chart.is_low else ""
