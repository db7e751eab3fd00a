"""Is oral magnesium renewed without a level of late?"""

from cards.ask import rule
from cards.chart import Because, Chart, because, inputs
from cards.judgements import causes, renewing
from cards.model import DraftTest, Indicator, Problem, Say

_TESTS = (DraftTest("magnesium", "with_refill"),)


@rule(Problem.REFILL)
def renewed_magnesium_needs_level(chart: Chart) -> Say | Because:
    """No magnesium in 6 months (s.14, REF-MG2)."""
    if not renewing.oral_magnesium(chart):
        return because("no oral magnesium is renewed")
    if inputs.MAGNESIUM in chart.not_known:
        return because("magnesium could not be looked at")
    no_level = causes.no_magnesium_within("refill.magnesium_hours", chart)
    return renewing.of_adult(chart) and no_level and Say(Indicator.INFO, ("found", "check"), tests=_TESTS)
