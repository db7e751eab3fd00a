"""Is dofetilide or sotalol renewed without potassium and magnesium of late?"""

from cards import wording
from cards.ask import rule
from cards.chart import Because, Chart, because, inputs
from cards.judgements import causes, renewing
from cards.model import DraftTest, Indicator, Problem, Say

_TESTS = tuple(DraftTest(test, "with_refill") for test in ("magnesium", "bmp", "ecg"))


@rule(Problem.REFILL)
def renewed_qt_drug_needs_levels(chart: Chart) -> Say | Because:
    """Potassium or magnesium missing in the last 6 months (s.14, REF-QT)."""
    names = renewing.guarded_qt_drugs(chart)
    if not names:
        return because("neither dofetilide nor sotalol is renewed")
    no_potassium = "potassium" not in chart.results
    if not {inputs.MAGNESIUM, inputs.RESULTS}.isdisjoint(chart.not_known):
        return because("results could not be looked at")
    no_magnesium = causes.no_magnesium_within("refill.magnesium_hours", chart)
    if not no_magnesium and not no_potassium:
        return no_magnesium
    said = Say(Indicator.INFO, ("found", "check"), values={"names": wording.listed(names)}, tests=_TESTS)
    return renewing.of_adult(chart) and said
