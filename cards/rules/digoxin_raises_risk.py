"""Does digoxin make low magnesium dangerous?"""

from cards.knowledge import Knowledge
from cards.model import DraftTest, Facts, Finding, Indicator, Problem, Silence


def digoxin_raises_risk(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """Digoxin is toxic at lower levels when magnesium or potassium is low (s.5)."""
    if not facts.taking("digitalis"):
        return Silence("no digoxin taken")
    return Finding(
        rule="digoxin_raises_risk",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.WARNING,
        say=("found", "level", *(("toxicity",) if facts.has("digoxin_toxicity") else ())),
        values={},
        tests=(DraftTest("ecg", "now"), DraftTest("digoxin_level", "now")),
        leads=False,
        numbers=("target.high_risk",),
    )
