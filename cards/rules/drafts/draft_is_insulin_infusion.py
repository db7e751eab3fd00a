"""Is insulin ordered as an infusion while magnesium or potassium is low?"""

from cards.ask import rule
from cards.chart import Because, Chart, any_of, because
from cards.judgements import assess, corrected, potassium
from cards.model import DraftTest, Indicator, Medication, Problem, Route, Say

_TESTS = (DraftTest("magnesium", "daily"), DraftTest("bmp", "daily"))


@rule(Problem.DRAFT_DEPLETES)
def draft_is_insulin_infusion(chart: Chart) -> Say | Because:
    """Magnesium below 0.60 mmol/L or potassium below 3.3 (s.4, classes): it shifts both into cells."""
    if not any(map(_is_infusion, chart.chosen)):
        return because("no insulin infusion is being ordered")
    if under_way := corrected.is_under_way(chart):
        return because(under_way.why)
    m = chart.current
    if m is not None and assess.is_doubtful(m, chart):
        return because("the magnesium result must be repeated first")
    low = chart.below(m.x, "order.magnesium") if m else chart.is_known
    short = chart.below(potassium.level(chart), "order.insulin_potassium")
    lines = ("magnesium",) * bool(low) + ("potassium",) * bool(short)
    return any_of(low, short) and Say(Indicator.INFO, (*lines, "do"), title="" if low else "potassium", tests=_TESTS)


def _is_infusion(draft: Medication) -> bool:
    return any(r.of_class.order_infusion for r in draft.roles) and draft.route is Route.INTRAVENOUS
