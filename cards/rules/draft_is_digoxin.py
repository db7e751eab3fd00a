"""Is digoxin ordered while magnesium is low?"""

from cards.chart import Chart
from cards.judgements import assess, danger
from cards.model import DraftTest, Finding, Indicator, Problem, Silence

_TESTS = (DraftTest("magnesium", "before_order"), DraftTest("bmp", "before_order"), DraftTest("ecg", "before_order"))


def draft_is_digoxin(chart: Chart) -> Finding | Silence:
    """Magnesium below 0.74 mmol/L (OS-DIG): correct first."""
    m, n = chart.current, chart.numbers
    if not any(d.has_role("digitalis") for d in chart.chosen):
        return Silence("digoxin is not being ordered")
    if m is not None and assess.is_doubtful(m, chart):
        return Silence("the magnesium result must be repeated first")
    risky = m is not None and danger.is_too_low_for_the_heart(m.x, chart)
    if m is None or (m.x >= n["qt_drug.magnesium_below"] and not m.low and not risky):
        return Silence("no usable magnesium, or high enough for digoxin")
    potassium = danger.potassium(chart)
    very_low = potassium is not None and potassium < n["potassium.very_low"]
    return Finding(
        rule="draft_is_digoxin",
        problem=Problem.DRAFT_QT,
        indicator=Indicator.CRITICAL if m.x < n["band.severe"] or very_low else Indicator.WARNING,
        say=("found", "old" if assess.must_repeat_first(m, chart) else "do"),
        values={"and_potassium": danger.potassium_goal(chart)},
        tests=_TESTS,
        numbers=("qt_drug.magnesium_below", "band.severe", "potassium.very_low"),
    )
