"""Is refractory low potassium a sign of unseen low magnesium?"""

from cards.chart import Chart
from cards.judgements import danger
from cards.model import DraftTest, Finding, Indicator, Problem, Silence


def low_potassium_needs_magnesium_check(chart: Chart) -> Finding | Silence:
    """Potassium below 3.5 a day after it was ordered, and no magnesium within 72 hours (RSK-K)."""
    if not danger.potassium_is_refractory(chart):
        return Silence("potassium is not low in spite of replacement")
    potassium = chart.results.get("potassium")
    gap = chart.numbers["potassium.magnesium_gap_hours"]
    if chart.magnesium and chart.hours_since(chart.magnesium.when) <= gap:
        return Silence("magnesium was measured within 72 hours")
    if "magnesium" in chart.not_known or "electrolytes" in chart.not_known:
        return Silence("magnesium or potassium could not be looked at")
    return Finding(
        rule="low_potassium_needs_magnesium_check",
        problem=Problem.LOOK_FOR_LOW,
        indicator=Indicator.INFO,
        say=("found", "do"),
        tests=(DraftTest("magnesium", "now"),),
        numbers=("potassium.low", "potassium.refractory_hours", "potassium.magnesium_gap_hours"),
        about=f"{potassium.when.isoformat()} {potassium.value}" if potassium else "",
    )
