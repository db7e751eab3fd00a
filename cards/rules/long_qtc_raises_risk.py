"""Is the QTc long?"""

from cards import assess, risks
from cards.knowledge import Knowledge
from cards.model import DraftTest, Facts, Finding, Indicator, Problem, Silence


def long_qtc_raises_risk(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """At least 470 ms in men, 480 ms in women; 500 ms is critical (s.3)."""
    if not risks.qtc_is_long(facts, knowledge):
        return Silence("QTc is not long, or not known")
    if assess.emergency(facts, knowledge) == "qtc":
        return Silence("the emergency rule says it")
    return Finding(
        rule="long_qtc_raises_risk",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.CRITICAL
        if risks.qtc(facts, knowledge) >= knowledge.numbers["qtc.critical"]
        else Indicator.WARNING,
        say=("found",),
        values={},
        tests=(DraftTest("ecg", "now"),),
        leads=False,
        numbers=("qtc.long.male", "qtc.long.female", "qtc.critical"),
    )
