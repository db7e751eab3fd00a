"""Does a child have torsades now?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, danger
from cards.model import DraftTest, Indicator, Problem, Say


@rule(Problem.LOW_MAGNESIUM, alone=True)
def child_has_torsades(chart: Chart) -> Say | Because:
    """Under 18 at any magnesium but a high one (s.1.4): the dose by weight for reference, no order."""
    if not assess.is_child(chart) or not danger.is_current(chart.conditions.get("torsades"), chart):
        return because("not a child with torsades now")
    if assess.is_high(chart):
        return because("magnesium is high")
    forbidden = assess.iv_is_forbidden(chart, "torsades")
    return Say(
        Indicator.CRITICAL,
        ("found", "expert" if forbidden else "dose", "check"),
        title="expert" if forbidden else "",
        tests=(DraftTest("magnesium", "now"), DraftTest("bmp", "now"), DraftTest("ecg", "now")),
    )
