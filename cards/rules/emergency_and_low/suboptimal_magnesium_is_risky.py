"""Is a low-normal magnesium too low for this heart?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, danger, given
from cards.model import Band, DraftTest, Indicator, Magnesium, Problem, Say, Suggestion
from cards.plan import doses, low_normal, recheck

_TESTS = (DraftTest("bmp", "now"), DraftTest("ecg", "now"))


@rule(Problem.LOW_MAGNESIUM, starts=danger.may_be_too_low_for_the_heart)
def suboptimal_magnesium_is_risky(chart: Chart) -> Say | Because:
    """Low-normal with digoxin or a torsades-risk drug and low potassium, or a critical QTc (s.4.4, 5)."""
    m = chart.current
    if m is None:
        return chart.is_known
    return _may_be_judged(m, chart) and danger.is_too_low_for_the_heart(m.x, chart) and _said(m, chart)


def _may_be_judged(m: Magnesium, chart: Chart) -> Because:
    if chart.chosen:
        return because("the rules of drafted orders speak")
    if m.band is not Band.SUBOPTIMAL:
        return because(f"magnesium is {m.band.value}, not low-normal")
    if assess.is_child(chart) or assess.emergency(chart):
        return because("a child, or an emergency of which another rule speaks")
    return because("pregnancy lowers it") if chart.has("pregnancy") else chart.is_fresh


def _said(m: Magnesium, chart: Chart) -> Say:
    dangers = danger.dangers_with_qt_drug(m.x, chart)
    order = low_normal.order(chart)
    values = doses.dose_values(order)
    return Say(
        Indicator.CRITICAL if danger.qt_drugs(chart) and dangers else Indicator.WARNING,
        ("found", "do_iv" if order else "do", "check"),
        values={"risks": ", ".join(danger.named(chart)), **values},
        suggestions=(Suggestion("iv", (order,), recommended=True, values=values),) if order else (),
        tests=(DraftTest("magnesium", _when(bool(order), chart)), *_TESTS),
        about=" ".join(dangers),
    )


def _when(infused: bool, chart: Chart) -> str:
    """After the dose that is offered or given, else now."""
    if infused:
        return "after_iv"
    return recheck.after_iv(chart) if given.iv_magnesium_lately(chart) else "now"
