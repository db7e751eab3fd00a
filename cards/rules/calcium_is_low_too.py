"""Is calcium low too?"""

from cards import risks
from cards.knowledge import Knowledge
from cards.model import Facts, Finding, Indicator, Problem, Silence


def calcium_is_low_too(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """Corrected calcium below 8.4 mg/dL with low magnesium (s.3): magnesium first."""
    if not risks.calcium_is_low(facts, knowledge):
        return Silence("calcium is not low, or not known")
    return Finding(
        rule="calcium_is_low_too",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.WARNING,
        say=("very_low",) if _very_low(facts, knowledge) else ("found", "wait"),
        values={"corrected_calcium": f"{risks.corrected_calcium(facts, knowledge) or 0:.1f}", "how": _how(facts)},
        tests=(),
        leads=False,
        numbers=("calcium.low", "calcium.iv_below"),
    )


def _very_low(facts: Facts, knowledge: Knowledge) -> bool:
    value = risks.corrected_calcium(facts, knowledge)
    return value is not None and value < knowledge.numbers["calcium.iv_below"]


def _how(facts: Facts) -> str:
    """Whether the value is corrected for albumin."""
    corrected = "calcium_corrected" in facts.results or "albumin" in facts.results
    return "corrected" if corrected else "not corrected for albumin"
