"""Is the QTc long?"""

from cards import assess, risks
from cards.knowledge import Knowledge
from cards.model import DraftTest, Facts, Finding, Indicator, Problem, Silence


def long_qtc_raises_risk(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """At least 470 ms in men, 480 ms in women; 500 ms is critical with low magnesium (s.3)."""
    if not risks.qtc_is_long(facts, knowledge):
        return Silence("QTc is not long, or not known")
    if assess.emergency(facts, knowledge) == "qtc":
        return Silence("the emergency rule says it")
    return Finding(
        rule="long_qtc_raises_risk",
        problem=Problem.LOW_MAGNESIUM,
        indicator=_indicator(facts, knowledge),
        say=("found",),
        values={},
        tests=(DraftTest("ecg", "now"),),
        leads=False,
        numbers=("qtc.long.male", "qtc.long.female", "qtc.critical"),
    )


def _indicator(facts: Facts, knowledge: Knowledge) -> Indicator:
    """With low-normal magnesium only torsades or a QT drug make 500 ms critical (s.4.4): its own rule says so."""
    critical = risks.qtc(facts, knowledge) >= knowledge.numbers["qtc.critical"] and facts.low is not None
    return Indicator.CRITICAL if critical else Indicator.WARNING
