"""Does a torsades-risk drug make low magnesium dangerous?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, danger, given
from cards.model import DraftTest, Indicator, Magnesium, Problem, Say


@rule(Problem.LOW_MAGNESIUM, adds=True)
def qt_drug_raises_risk(chart: Chart) -> Say | Because:
    """A known-risk drug taken with low magnesium (s.5); while IV magnesium runs it only warns."""
    drugs = danger.qt_names(chart.taking("qt_risk"))
    if not drugs:
        return because("no torsades-risk drug taken")
    if assess.emergency(chart):
        return because("the emergency rule says to stop it")
    return _said(drugs, chart.low, chart) if chart.low else chart.is_low


def _said(drugs: tuple[str, ...], low: Magnesium, chart: Chart) -> Say:
    dangers = danger.dangers_with_qt_drug(low.x, chart)
    return Say(
        Indicator.CRITICAL if dangers and not given.lowers_urgency(chart) else Indicator.WARNING,
        ("found", "reconsider"),
        values={"qt_drugs": ", ".join(drugs)},
        tests=(DraftTest("ecg", "now"),),
        about=" ".join(dangers),
    )
