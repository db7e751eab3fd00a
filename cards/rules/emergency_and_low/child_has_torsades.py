"""Does a child have torsades now?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, danger, hard_stops
from cards.model import DraftTest, Indicator, Problem, Say

_TESTS = (DraftTest("magnesium", "now"), DraftTest("bmp", "now"), DraftTest("ecg", "now"))


@rule(Problem.LOW_MAGNESIUM, alone=True, starts=assess.is_child)
def child_has_torsades(chart: Chart) -> Say | Because:
    """At any magnesium but a high one (s.1.4): the dose by weight for reference, no order."""
    if not assess.is_child(chart) or not danger.is_current(chart.conditions.get("torsades"), chart):
        return because("not a child with torsades now")
    if chart.is_high:
        return because(chart.is_high.why)
    expert = hard_stops.iv_is_forbidden(chart, "torsades")
    lines = ("found", "expert" if expert else "dose", "check")
    return Say(Indicator.CRITICAL, lines, title="expert" if expert else "", tests=_TESTS)
