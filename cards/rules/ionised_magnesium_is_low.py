"""Is ionised magnesium low, where no total magnesium says so?"""

from cards import risks
from cards.knowledge import Knowledge
from cards.model import DraftTest, Facts, Finding, Indicator, Problem, Silence


def ionised_magnesium_is_low(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """Its own scale (s.1.3): a card, no band of total magnesium, no dose."""
    found, n = facts.ionised, knowledge.numbers
    if found is None or facts.low:
        return Silence("no ionised magnesium, or total magnesium is low itself")
    neonate = facts.age_days is not None and facts.age_days < n["age.neonate_days"]
    if found.value >= n["ionised.lower.neonate" if neonate else "ionised.lower"]:
        return Silence("ionised magnesium is normal")
    return Finding(
        rule="ionised_magnesium_is_low",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.WARNING if risks.named(facts, knowledge) else Indicator.INFO,
        alone=True,
        say=("found", "do"),
        values={"ionised": found.shown, "ionised_date": f"{found.when:%d %b %Y}"},
        tests=(DraftTest("magnesium", "now"), DraftTest("bmp", "now")),
        numbers=("ionised.lower", "ionised.lower.neonate"),
        about=f"{found.when.isoformat()} {found.value}",
    )
