"""Does digoxin make low magnesium dangerous?"""

from cards import assess
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
        say=_say(facts, knowledge),
        values={},
        tests=(DraftTest("ecg", "now"), DraftTest("digoxin_level", "now")),
        leads=False,
        numbers=("target.high_risk",),
    )


def _say(facts: Facts, knowledge: Knowledge) -> tuple[str, ...]:
    """IV magnesium for toxicity is spoken of only where it may be given and no emergency rule does."""
    emergency = assess.emergency(facts, knowledge)
    told = ("level",) if emergency == "digoxin" else ("found", "level")
    if not facts.has("digoxin_toxicity"):
        return told
    silent = emergency or facts.has("av_block") or assess.iv_is_forbidden(facts, knowledge)
    return (*told, "expert" if silent else "toxicity")
