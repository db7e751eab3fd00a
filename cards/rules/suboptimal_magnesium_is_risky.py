"""Is a low-normal magnesium too low for this heart?"""

from cards import assess
from cards.knowledge import Knowledge
from cards.model import Band, DraftTest, Facts, Finding, Freshness, Indicator, Problem, Silence

NUMBERS = ("suboptimal.high_risk_below", "qt_drug.magnesium_below", "potassium.low", "qtc.critical", "target.high_risk")


def suboptimal_magnesium_is_risky(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """Up to 0.81 mmol/L with digoxin or a torsades-risk drug and low potassium, or QTc of 500 (s.4.4, 5)."""
    m = facts.current
    if facts.chosen:
        return Silence("the rules of drafted orders speak")
    if m is None or m.band is not Band.SUBOPTIMAL or assess.is_child(facts) or assess.emergency(facts, knowledge):
        return Silence("magnesium is not low-normal, or an emergency rule speaks")
    if m.freshness is not Freshness.ACTIONABLE or "pregnancy" in facts.conditions:
        return Silence("the result is old, or pregnancy lowers it")
    reason = _reason(m.x, facts, knowledge)
    if reason is None:
        return Silence("no digoxin, torsades-risk drug with low potassium, or QTc of 500 ms")
    critical = bool(assess.qt_drugs(facts)) and assess.qtc(facts, knowledge) >= knowledge.numbers["qtc.critical"]
    return Finding(
        rule="suboptimal_magnesium_is_risky",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.CRITICAL if critical else Indicator.WARNING,
        say=("found", "do", "check"),
        values={"risks": ", ".join(assess.risks(facts, knowledge))},
        tests=(DraftTest("magnesium", "now"), DraftTest("bmp", "now"), DraftTest("ecg", "now")),
        numbers=NUMBERS,
    )


def _reason(x: float, facts: Facts, knowledge: Knowledge) -> str | None:
    n, drugs = knowledge.numbers, assess.qt_drugs(facts)
    if x < n["suboptimal.high_risk_below"]:
        if (drugs or assess.takes_digoxin(facts)) and assess.potassium_is_low(facts, knowledge):
            return "drug and potassium"
        if assess.qtc(facts, knowledge) >= n["qtc.critical"]:
            return "qtc"
    return "drug" if drugs and x < n["qt_drug.magnesium_below"] else None
