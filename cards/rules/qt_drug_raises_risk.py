"""Does a torsades-risk drug make low magnesium dangerous?"""

from cards import assess, given, risks
from cards.knowledge import Knowledge
from cards.model import DraftTest, Facts, Finding, Indicator, Problem, Silence


def qt_drug_raises_risk(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """A known-risk drug taken with low magnesium (s.5); while IV magnesium runs it only warns."""
    if not _drugs(facts) or facts.low is None:
        return Silence("no torsades-risk drug taken with low magnesium")
    if assess.emergency(facts, knowledge):
        return Silence("the emergency rule says to stop it")
    dangers = risks.dangers_with_qt_drug(facts.low.x, facts, knowledge)
    return Finding(
        rule="qt_drug_raises_risk",
        problem=Problem.LOW_MAGNESIUM,
        indicator=_indicator(dangers, facts, knowledge),
        say=("found", "reconsider"),
        values={"qt_drugs": ", ".join(_drugs(facts))},
        tests=(DraftTest("ecg", "now"),),
        leads=False,
        numbers=("band.severe", "potassium.very_low", "qtc.critical"),
        about=" ".join(dangers),
    )


def _drugs(facts: Facts) -> tuple[str, ...]:
    return risks.qt_names(facts.taking("qt_risk"))


def _indicator(dangers: tuple[str, ...], facts: Facts, knowledge: Knowledge) -> Indicator:
    being_treated = given.iv_magnesium_lately(facts, knowledge)
    return Indicator.CRITICAL if dangers and not being_treated else Indicator.WARNING
