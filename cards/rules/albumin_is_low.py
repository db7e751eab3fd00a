"""Does low albumin explain the low magnesium?"""

from cards import assess
from cards.knowledge import Knowledge
from cards.model import Facts, Finding, Indicator, Problem, Silence


def albumin_is_low(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """Albumin below 30 g/L with mild or moderate magnesium (s.0.9): information only."""
    if not _applies(facts, knowledge):
        return Silence("albumin is not low, or the band is severe")
    return Finding(
        rule="albumin_is_low",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.INFO,
        say=("found", "check"),
        values={"adjusted": f"{_adjusted(facts, knowledge):.2f}"},
        tests=(),
        leads=False,
        numbers=("albumin.low", "albumin.magnesium_per_gram"),
    )


def _applies(facts: Facts, knowledge: Knowledge) -> bool:
    albumin, low = facts.results.get("albumin"), facts.low
    if albumin is None or low is None or assess.is_severe_band(low.band):
        return False
    return albumin.value < knowledge.numbers["albumin.low"]


def _adjusted(facts: Facts, knowledge: Knowledge) -> float:
    n, low = knowledge.numbers, facts.low
    missing = n["albumin.reference"] - facts.results["albumin"].value
    return (low.x if low else 0.0) + n["albumin.magnesium_per_gram"] * missing
