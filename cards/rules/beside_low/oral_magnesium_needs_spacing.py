"""Which of the medicines must be kept apart from oral magnesium?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess
from cards.model import DrugRole, Indicator, Problem, Route, Say
from cards.plan import doses

_WEAK = "weak"


@rule(Problem.LOW_MAGNESIUM, adds=True)
def oral_magnesium_needs_spacing(chart: Chart) -> Say | Because:
    """Chelation (s.6) where oral magnesium may follow: said on the card that offers it."""
    roles = _roles(chart)
    if not roles or assess.is_child(chart) or assess.emergency(chart):
        return because("no medicine taken that binds magnesium in the gut, or an emergency: it is given IV")
    avoid = [r.ingredient for r in roles if r.avoid]
    apart = [r.ingredient for r in roles if not r.avoid]
    return Say(
        Indicator.INFO,
        (*(("avoid",) if avoid else ()), *((_spacing(chart),) if apart else ())),
        title="avoid" if avoid else "",
        values={"avoid": ", ".join(avoid), "apart": "; ".join(r.advice.rstrip(".") for r in roles if not r.avoid)},
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
