"""Does a torsades-risk drug make low magnesium dangerous?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, danger, given
from cards.model import DraftTest, Indicator, Problem, Say


@rule(Problem.LOW_MAGNESIUM, adds=True)
def qt_drug_raises_risk(chart: Chart) -> Say | Because:
    """A known-risk drug taken with low magnesium (s.5); while IV magnesium runs it only warns."""
    if not _drugs(chart) or chart.low is None:
        return because("no torsades-risk drug taken with low magnesium")
    if assess.emergency(chart):
        return because("the emergency rule says to stop it")
    dangers = danger.dangers_with_qt_drug(chart.low.x, chart)
    return Say(
        _indicator(dangers, chart),
        ("found", "reconsider"),
        values={"qt_drugs": ", ".join(_drugs(chart))},
        tests=(DraftTest("ecg", "now"),),
        about=" ".join(dangers),
    )


def _drugs(chart: Chart) -> tuple[str, ...]:
    return danger.qt_names(chart.taking("qt_risk"))


def _indicator(dangers: tuple[str, ...], chart: Chart) -> Indicator:
    being_treated = given.iv_magnesium_lately(chart)
    return Indicator.CRITICAL if dangers and not being_treated else Indicator.WARNING
