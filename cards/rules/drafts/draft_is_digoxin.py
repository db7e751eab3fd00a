"""Is digoxin ordered while magnesium is low?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, danger
from cards.model import DraftTest, Indicator, Problem, Say

_TESTS = (DraftTest("magnesium", "before_order"), DraftTest("bmp", "before_order"), DraftTest("ecg", "before_order"))


@rule(Problem.DRAFT_QT)
def draft_is_digoxin(chart: Chart) -> Say | Because:
    """Magnesium below 0.74 mmol/L (OS-DIG): correct first."""
    m = chart.current
    if not any(d.has_role("digitalis") for d in chart.chosen):
        return because("digoxin is not being ordered")
    if m is not None and assess.is_doubtful(m, chart):
        return because("the magnesium result must be repeated first")
    risky = m is not None and danger.is_too_low_for_the_heart(m.x, chart)
    if m is None or (chart.at_least(m.x, "qt_drug.magnesium_below") and not m.low and not risky):
        return because("no usable magnesium, or high enough for digoxin")
    potassium = danger.potassium(chart)
    very_low = potassium is not None and chart.below(potassium, "potassium.very_low")
    return Say(
        Indicator.CRITICAL if chart.below(m.x, "band.severe") or very_low else Indicator.WARNING,
        ("found", "old" if assess.must_repeat_first(m, chart) else "do"),
        values={"and_potassium": danger.potassium_goal(chart)},
        tests=_TESTS,
    )
