"""Which of the medicines must be kept apart from oral magnesium?"""

from cards import assess, dosing
from cards.knowledge import Knowledge
from cards.model import DrugRole, Facts, Finding, Indicator, Problem, Route, Silence

_WEAK = "weak"


def oral_magnesium_needs_spacing(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """Chelation (s.6) where oral magnesium may follow: said on the card that offers it."""
    roles = _roles(facts)
    if not roles or assess.is_child(facts) or assess.emergency(facts, knowledge):
        return Silence("no medicine taken that binds magnesium in the gut, or an emergency: it is given IV")
    avoid = [r.ingredient for r in roles if r.avoid]
    apart = [r.ingredient for r in roles if not r.avoid]
    return Finding(
        rule="oral_magnesium_needs_spacing",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.INFO,
        title="avoid" if avoid else "",
        say=(*(("avoid",) if avoid else ()), *((_spacing(facts, knowledge),) if apart else ())),
        values={"avoid": ", ".join(avoid), "apart": "; ".join(r.advice.rstrip(".") for r in roles if not r.avoid)},
        leads=False,
    )


def _spacing(facts: Facts, knowledge: Knowledge) -> str:
    """Said plainly where oral magnesium is offered on the card, else for later."""
    return "apart" if dosing.plan(facts, knowledge).oral else "later"


def _roles(facts: Facts) -> tuple[DrugRole, ...]:
    found = {
        r.ingredient: r
        for m in facts.taking("chelation_interaction")
        if m.route in (Route.ORAL, Route.UNKNOWN)
        for r in m.roles
        if r.role == "chelation_interaction" and r.evidence != _WEAK and not r.ph_only
    }
    return tuple(found.values())
