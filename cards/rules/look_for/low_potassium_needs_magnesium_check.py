"""Is refractory low potassium a sign of unseen low magnesium?"""

from cards.ask import rule
from cards.chart import Because, Chart, because, inputs
from cards.judgements import causes, danger, indication, potassium
from cards.model import DraftTest, Indicator, Problem, Say


@rule(Problem.LOOK_FOR_LOW, starts=potassium.is_low)
def low_potassium_needs_magnesium_check(chart: Chart) -> Say | Because:
    """Potassium still low in spite of replacement, and no magnesium of these days (RSK-K)."""
    if chart.not_known & {inputs.MAGNESIUM, inputs.RESULTS}:
        return because("magnesium or potassium could not be looked at")
    if any(map(indication.is_wanted, chart.drafts)):
        return because("magnesium is ordered beside it")
    gap = causes.no_magnesium_within("potassium.magnesium_gap_hours", chart)
    return potassium.is_refractory(chart) and gap and _said(chart)


def _said(chart: Chart) -> Say:
    potassium = chart.results["potassium"]
    about = f"{potassium.when.isoformat()} {potassium.value}"
    indicator = Indicator.WARNING if danger.low_potassium_is_urgent(chart) else Indicator.INFO
    return Say(indicator, ("found", "do"), tests=(DraftTest("magnesium", "now"),), about=about)
