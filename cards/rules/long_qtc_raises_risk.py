"""Is the QTc long?"""

from cards.chart import Chart
from cards.judgements import assess, danger
from cards.model import DraftTest, Finding, Indicator, Problem, Silence


def long_qtc_raises_risk(chart: Chart) -> Finding | Silence:
    """At least 470 ms in men, 480 ms in women; 500 ms is critical with low magnesium (s.3)."""
    if not danger.qtc_is_long(chart):
        return Silence("QTc is not long, or not known")
    if assess.emergency(chart) == "qtc":
        return Silence("the emergency rule says it")
    return Finding(
        rule="long_qtc_raises_risk",
        problem=Problem.LOW_MAGNESIUM,
        indicator=_indicator(chart),
        say=("found",),
        values={},
        tests=(DraftTest("ecg", "now"),),
        leads=False,
        numbers=("qtc.long.male", "qtc.long.female", "qtc.critical"),
    )


def _indicator(chart: Chart) -> Indicator:
    """With low-normal magnesium only torsades or a QT drug make 500 ms critical (s.4.4): its own rule says so."""
    critical = danger.qtc(chart) >= chart.numbers["qtc.critical"] and chart.low is not None
    return Indicator.CRITICAL if critical else Indicator.WARNING
