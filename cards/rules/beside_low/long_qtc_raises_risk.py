"""Is the QTc long?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, danger
from cards.model import DraftTest, Indicator, Problem, Say


@rule(Problem.LOW_MAGNESIUM, adds=True)
def long_qtc_raises_risk(chart: Chart) -> Say | Because:
    """A long QTc warns; a critically long one is critical with low magnesium (s.3)."""
    if assess.emergency(chart) == "qtc":
        return because("the emergency rule says it")
    return danger.qtc_is_long(chart) and Say(_indicator(chart), ("found",), tests=(DraftTest("ecg", "now"),))


def _indicator(chart: Chart) -> Indicator:
    """With low-normal magnesium only torsades or a QT drug make it critical (s.4.4): its own rule says so."""
    critical = danger.qtc_is_critical(chart) and chart.is_low
    return Indicator.CRITICAL if critical else Indicator.WARNING
