"""Is a loop or thiazide diuretic renewed without a level, beside another risk?"""

from cards import wording
from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import causes, renewing
from cards.model import DraftTest, Indicator, Problem, Say

_TESTS = (DraftTest("magnesium", "with_refill"), DraftTest("bmp", "with_refill"))


@rule(Problem.REFILL)
def renewed_diuretic_needs_level(chart: Chart) -> Say | Because:
    """No magnesium in 12 months, and a second depleter, digoxin or a QT drug (s.14, REF-DIU)."""
    renewed = renewing.diuretics(chart)
    if not renewed:
        return because("a loop or thiazide diuretic is not renewed")
    if "magnesium" in chart.not_known:
        return because("magnesium could not be looked at")
    risks = _risks(chart)
    if not risks:
        return because("nothing beside it makes a low level likely or dangerous")
    values = {"names": wording.listed(causes.depleting_names(renewed)), "risks": wording.listed(risks)}
    no_level = causes.no_magnesium_within("refill.depleter_hours", chart)
    said = Say(Indicator.INFO, ("found", "check"), values=values, tests=_TESTS)
    return renewing.of_adult(chart) and no_level and said


def _risks(chart: Chart) -> tuple[str, ...]:
    """A second drug that lowers magnesium, digoxin, a torsades-risk drug."""
    others = renewing.others_that_lower(renewing.diuretics(chart), chart)
    return tuple(dict.fromkeys((*renewing.heart_risks(chart), *others)))
