"""Which of the medicines must be kept apart from oral magnesium?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess
from cards.model import DrugRole, Indicator, Problem, Route, Say
from cards.plan import doses

_BINDS = "chelation_interaction"
_WEAK = "weak"


@rule(Problem.LOW_MAGNESIUM, adds=True)
def oral_magnesium_needs_spacing(chart: Chart) -> Say | Because:
    """Chelation (s.6) where oral magnesium may follow: said on the card that offers it."""
    if assess.is_child(chart) or assess.emergency(chart):
        return because("no oral magnesium is offered to a child or in an emergency")
    binding = _binding(chart)
    return _said(binding, chart) if binding else because("no medicine taken that binds magnesium in the gut")


def _said(binding: tuple[DrugRole, ...], chart: Chart) -> Say:
    avoid = [r.ingredient for r in binding if r.avoid]
    apart = [_advice(r) for r in binding if not r.avoid]
    return Say(
        Indicator.INFO,
        ("avoid",) * bool(avoid) + (_spacing(chart),) * bool(apart),
        title="avoid" if avoid else "",
        values={"avoid": ", ".join(avoid), "apart": "; ".join(apart)},
    )


def _advice(role: DrugRole) -> str:
    """What to do with it, naming it: several stand in one line."""
    advice = role.advice.rstrip(".")
    return advice if role.ingredient.casefold() in advice.casefold() else f"{role.ingredient}: {advice}"


def _spacing(chart: Chart) -> str:
    """Said plainly where oral magnesium is offered on the card, else for later."""
    return "apart" if doses.plan(chart).oral else "later"


def _binding(chart: Chart) -> tuple[DrugRole, ...]:
    by_mouth = (m for m in chart.taking(_BINDS) if m.route in (Route.ORAL, Route.UNKNOWN))
    roles = (r for m in by_mouth for r in m.roles if r.role == _BINDS)
    return tuple({r.ingredient: r for r in roles if r.evidence != _WEAK and not r.ph_only}.values())
