"""Is ionised magnesium normal where the total is low?"""

from cards import assess, values
from cards.knowledge import Knowledge
from cards.model import Facts, Finding, Indicator, Problem, Silence


def ionised_magnesium_is_normal(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """Of the same draw it points to an effect of protein (s.1.3); said as information, the total still decides."""
    if not assess.ionised_is_normal(facts, knowledge) or facts.ionised is None:
        return Silence("no low total magnesium with a normal ionised one of then or later")
    return Finding(
        rule="ionised_magnesium_is_normal",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.INFO,
        say=("likely",) if _explains(facts, knowledge) else ("normal",),
        values={"ionised": facts.ionised.shown, "ionised_date": values.moment(facts.ionised.when)},
        leads=False,
        numbers=("ionised.lower", "ionised.lower.neonate"),
    )


def _explains(facts: Facts, knowledge: Knowledge) -> bool:
    """Whether it may be said why: of the same draw, and never of a severe band (s.0.9)."""
    severe = facts.low is not None and assess.is_severe_band(facts.low.band)
    return assess.ionised_is_of_the_same_draw(facts, knowledge) and not severe
