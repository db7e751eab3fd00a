"""Does haemolysis hide or distort the magnesium?"""

from cards import risks
from cards.knowledge import Knowledge
from cards.model import DraftTest, Facts, Finding, Freshness, Indicator, Problem, Silence

_REPEAT = (DraftTest("magnesium", "now"), DraftTest("bmp", "now"))


def sample_is_haemolysed(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """Haemolysis reads falsely high (s.0.8): a low result stands, a normal one does not reassure."""
    m = facts.current
    if m is None or not m.haemolysed or m.freshness is not Freshness.ACTIONABLE:
        return Silence("the sample is not reported as haemolysed")
    if m.low:
        return Finding("sample_is_haemolysed", Problem.LOW_MAGNESIUM, Indicator.INFO, ("low",), leads=False)
    if not risks.named(facts, knowledge) and not risks.has_symptoms(facts):
        return Silence("haemolysed, normal, and nothing makes low magnesium dangerous here")
    return Finding(
        rule="sample_is_haemolysed",
        problem=Problem.DATA_QUALITY,
        indicator=Indicator.INFO,
        say=("found", "check"),
        values={"risks": ", ".join(risks.named(facts, knowledge)) or "symptoms"},
        tests=_REPEAT,
    )
