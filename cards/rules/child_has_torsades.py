"""Does a child have torsades now?"""

from cards.chart import Chart
from cards.judgements import assess, danger
from cards.model import DraftTest, Finding, Indicator, Problem, Silence


def child_has_torsades(chart: Chart) -> Finding | Silence:
    """Under 18 at any magnesium but a high one (s.1.4): the dose by weight for reference, no order."""
    if not assess.is_child(chart) or not danger.is_current(chart.conditions.get("torsades"), chart):
        return Silence("not a child with torsades now")
    if assess.is_high(chart):
        return Silence("magnesium is high")
    forbidden = assess.iv_is_forbidden(chart, "torsades")
    return Finding(
        rule="child_has_torsades",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.CRITICAL,
        title="expert" if forbidden else "",
        alone=True,
        say=("found", "expert" if forbidden else "dose", "check"),
        tests=(DraftTest("magnesium", "now"), DraftTest("bmp", "now"), DraftTest("ecg", "now")),
        numbers=("emergency.hours",),
    )
