"""Which of the medicines must be kept apart from oral magnesium?"""

from cards.chart import Chart
from cards.judgements import assess
from cards.model import DrugRole, Finding, Indicator, Problem, Route, Silence
from cards.plan import doses

_WEAK = "weak"


def oral_magnesium_needs_spacing(chart: Chart) -> Finding | Silence:
    """Chelation (s.6) where oral magnesium may follow: said on the card that offers it."""
    roles = _roles(chart)
    if not roles or assess.is_child(chart) or assess.emergency(chart):
        return Silence("no medicine taken that binds magnesium in the gut, or an emergency: it is given IV")
    avoid = [r.ingredient for r in roles if r.avoid]
    apart = [r.ingredient for r in roles if not r.avoid]
    return Finding(
        rule="oral_magnesium_needs_spacing",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.INFO,
        title="avoid" if avoid else "",
        say=(*(("avoid",) if avoid else ()), *((_spacing(chart),) if apart else ())),
        values={"avoid": ", ".join(avoid), "apart": "; ".join(r.advice.rstrip(".") for r in roles if not r.avoid)},
        leads=False,
    )


def _spacing(chart: Chart) -> str:
    """Said plainly where oral magnesium is offered on the card, else for later."""
    return "apart" if doses.plan(chart).oral else "later"


def _roles(chart: Chart) -> tuple[DrugRole, ...]:
    found = {
        r.ingredient: r
        for m in chart.taking("chelation_interaction")
        if m.route in (Route.ORAL, Route.UNKNOWN)
        for r in m.roles
        if r.role == "chelation_interaction" and r.evidence != _WEAK and not r.ph_only
    }
    return tuple(found.values())
