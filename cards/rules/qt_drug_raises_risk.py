"""Does a torsades-risk drug make low magnesium dangerous?"""

from cards.chart import Chart
from cards.judgements import assess, danger, given
from cards.model import DraftTest, Finding, Indicator, Problem, Silence


def qt_drug_raises_risk(chart: Chart) -> Finding | Silence:
    """A known-risk drug taken with low magnesium (s.5); while IV magnesium runs it only warns."""
    if not _drugs(chart) or chart.low is None:
        return Silence("no torsades-risk drug taken with low magnesium")
    if assess.emergency(chart):
        return Silence("the emergency rule says to stop it")
    dangers = danger.dangers_with_qt_drug(chart.low.x, chart)
    return Finding(
        rule="qt_drug_raises_risk",
        problem=Problem.LOW_MAGNESIUM,
        indicator=_indicator(dangers, chart),
        say=("found", "reconsider"),
        values={"qt_drugs": ", ".join(_drugs(chart))},
        tests=(DraftTest("ecg", "now"),),
        leads=False,
        numbers=("band.severe", "potassium.very_low", "qtc.critical"),
        about=" ".join(dangers),
    )


def _drugs(chart: Chart) -> tuple[str, ...]:
    return danger.qt_names(chart.taking("qt_risk"))


def _indicator(dangers: tuple[str, ...], chart: Chart) -> Indicator:
    being_treated = given.iv_magnesium_lately(chart)
    return Indicator.CRITICAL if dangers and not being_treated else Indicator.WARNING
