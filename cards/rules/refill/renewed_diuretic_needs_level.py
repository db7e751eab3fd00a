"""Is a loop or thiazide diuretic renewed without a level, beside another risk?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import renewing
from cards.model import DraftTest, Problem, Say

_TESTS = (DraftTest("magnesium", "with_refill"), DraftTest("bmp", "with_refill"))


@rule(Problem.REFILL)
def renewed_diuretic_needs_level(chart: Chart) -> Say | Because:
    """No magnesium in 12 months, and a second depleter, digoxin or a QT drug (s.14, REF-DIU)."""
    renewed = renewing.diuretics(chart)
    if not renewed:
        return because("a loop or thiazide diuretic is not renewed")
    return renewing.needs_level(renewed, _risks, _TESTS, chart)


def _risks(chart: Chart) -> tuple[str, ...]:
    """A second drug that lowers magnesium, digoxin, a torsades-risk drug."""
    others = renewing.others_that_lower(renewing.diuretics(chart), chart)
    return tuple(dict.fromkeys((*renewing.heart_risks(chart), *others)))
