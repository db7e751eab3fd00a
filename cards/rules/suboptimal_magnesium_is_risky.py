"""Is a low-normal magnesium too low for this heart?"""

from cards import assess, risks
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
    if not risks.is_too_low_for_the_heart(m.x, facts, knowledge):
        return Silence("no digoxin, torsades-risk drug with low potassium, or QTc of 500 ms")
    dangers = risks.dangers_with_qt_drug(m.x, facts, knowledge)
    critical = (risks.qt_drugs(facts) and dangers) or risks.had_torsades_lately(facts, knowledge)
    return Finding(
        rule="suboptimal_magnesium_is_risky",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.CRITICAL if critical else Indicator.WARNING,
        say=("found", "do", "check"),
        values={"risks": ", ".join(risks.named(facts, knowledge))},
        tests=(DraftTest("magnesium", "now"), DraftTest("bmp", "now"), DraftTest("ecg", "now")),
        numbers=NUMBERS,
        about=" ".join(dangers),
    )
