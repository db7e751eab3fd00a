"""Is the QTc long?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, danger
from cards.model import DraftTest, Indicator, Problem, Say


@rule(Problem.LOW_MAGNESIUM, adds=True)
def long_qtc_raises_risk(chart: Chart) -> Say | Because:
    """At least 470 ms in men, 480 ms in women; 500 ms is critical with low magnesium (s.3)."""
    if not danger.qtc_is_long(chart):
        return because("QTc is not long, or not known")
    if assess.emergency(chart) == "qtc":
        return because("the emergency rule says it")
    return Say(
        _indicator(chart),
        ("found",),
        tests=(DraftTest("ecg", "now"),),
    )


def _indicator(chart: Chart) -> Indicator:
    """With low-normal magnesium only torsades or a QT drug make 500 ms critical (s.4.4): its own rule says so."""
    critical = chart.at_least(danger.qtc(chart), "qtc.critical") and chart.low is not None
    return Indicator.CRITICAL if critical else Indicator.WARNING
