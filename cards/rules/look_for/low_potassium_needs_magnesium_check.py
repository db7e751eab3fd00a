"""Is refractory low potassium a sign of unseen low magnesium?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import danger
from cards.model import DraftTest, Indicator, Problem, Say


@rule(Problem.LOOK_FOR_LOW)
def low_potassium_needs_magnesium_check(chart: Chart) -> Say | Because:
    """Potassium below 3.5 a day after it was ordered, and no magnesium within 72 hours (RSK-K)."""
    if not danger.potassium_is_refractory(chart):
        return because("potassium is not low in spite of replacement")
    potassium = chart.results.get("potassium")
    gap = chart.numbers["potassium.magnesium_gap_hours"]
    if chart.magnesium and chart.hours_since(chart.magnesium.when) <= gap:
        return because("magnesium was measured within 72 hours")
    if "magnesium" in chart.not_known or "electrolytes" in chart.not_known:
        return because("magnesium or potassium could not be looked at")
    return Say(
        Indicator.INFO,
        ("found", "do"),
        tests=(DraftTest("magnesium", "now"),),
        about=f"{potassium.when.isoformat()} {potassium.value}" if potassium else "",
    )
