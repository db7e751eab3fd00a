"""Is a low-normal magnesium too low for this heart?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, danger
from cards.model import Band, DraftTest, Freshness, Indicator, Problem, Say

NUMBERS = ("suboptimal.high_risk_below", "qt_drug.magnesium_below", "potassium.low", "qtc.critical", "target.high_risk")


@rule(Problem.LOW_MAGNESIUM)
def suboptimal_magnesium_is_risky(chart: Chart) -> Say | Because:
    """Up to 0.81 mmol/L with digoxin or a torsades-risk drug and low potassium, or QTc of 500 (s.4.4, 5)."""
    m = chart.current
    if chart.chosen:
        return because("the rules of drafted orders speak")
    if m is None or m.band is not Band.SUBOPTIMAL or assess.is_child(chart) or assess.emergency(chart):
        return because("magnesium is not low-normal, or an emergency rule speaks")
    if m.freshness is not Freshness.ACTIONABLE or "pregnancy" in chart.conditions:
        return because("the result is old, or pregnancy lowers it")
    if not danger.is_too_low_for_the_heart(m.x, chart):
        return because("no digoxin, torsades-risk drug with low potassium, or QTc of 500 ms")
    dangers = danger.dangers_with_qt_drug(m.x, chart)
    critical = (danger.qt_drugs(chart) and dangers) or danger.had_torsades_lately(chart)
    return Say(
        Indicator.CRITICAL if critical else Indicator.WARNING,
        ("found", "do", "check"),
        values={"risks": ", ".join(danger.named(chart))},
        tests=(DraftTest("magnesium", "now"), DraftTest("bmp", "now"), DraftTest("ecg", "now")),
        about=" ".join(dangers),
    )
