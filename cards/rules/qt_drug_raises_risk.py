"""Does a torsades-risk drug make low magnesium dangerous?"""

from cards import assess, risks
from cards.knowledge import Knowledge
from cards.model import DraftTest, Facts, Finding, Indicator, Problem, Silence


def qt_drug_raises_risk(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """A known-risk drug taken with magnesium below 0.74 mmol/L (s.5)."""
    if not _drugs(facts) or facts.low is None:
        return Silence("no torsades-risk drug taken with low magnesium")
    return Finding(
        rule="qt_drug_raises_risk",
        problem=Problem.LOW_MAGNESIUM,
        indicator=_indicator(facts, knowledge),
        say=("found", "check", "reconsider"),
        values={"qt_drugs": ", ".join(_drugs(facts))},
        tests=(DraftTest("ecg", "now"),),
        leads=False,
        numbers=("qt_drug.magnesium_below", "band.severe", "potassium.very_low", "qtc.critical"),
    )


def _drugs(facts: Facts) -> tuple[str, ...]:
    return tuple(dict.fromkeys(m.name for m in facts.active if m.has_role("qt_risk")))


def _indicator(facts: Facts, knowledge: Knowledge) -> Indicator:
    n, potassium = knowledge.numbers, risks.potassium(facts)
    if assess.iv_magnesium_lately(facts, knowledge):
        return Indicator.WARNING
    critical = (
        (facts.low is not None and facts.low.x < n["band.severe"])
        or (potassium is not None and potassium < n["potassium.very_low"])
        or risks.qtc(facts, knowledge) >= n["qtc.critical"]
        or len(_drugs(facts)) > 1
    )
    return Indicator.CRITICAL if critical else Indicator.WARNING
