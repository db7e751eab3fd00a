"""Is the patient pregnant?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.model import Indicator, Problem, Say


@rule(Problem.LOW_MAGNESIUM, adds=True)
def pregnancy_needs_obstetric_advice(chart: Chart) -> Say | Because:
    """Magnesium falls in pregnancy (s.1.5): IV if severe, symptomatic or oral is impossible."""
    if not chart.has("obstetric"):
        return because("no pregnancy on record")
    return Say(Indicator.INFO, ("preeclampsia" if chart.has("pre_eclampsia") else "found",))
