"""Does drafted IV magnesium meet a drug that makes it dangerous, or the other way round?"""

from collections.abc import Iterable
from dataclasses import replace

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess
from cards.model import DrugRole, Indicator, Medication, Problem, Route, Say

_NERVE = "nerve"


@rule(Problem.INTERACTION)
def iv_magnesium_interacts(chart: Chart) -> Say | Because:
    """Neuromuscular block, calcium channel blockers, aminoglycosides, digoxin with IV magnesium (INT-IV)."""
    roles = _pairs(chart)
    if not roles:
        return because("no drafted pair of IV magnesium and such a drug")
    nerve = [r.ingredient for r in roles if r.of_class.advice == _NERVE]
    heart = [r for r in roles if r.of_class.advice != _NERVE]
    if not nerve and all(r.evidence == "weak" for r in heart):
        return because("only weakly documented interactions")
    said = _said([r.ingredient for r in roles], nerve, [r.ingredient for r in heart])
    return replace(said, problem=Problem.DRAFT_MAGNESIUM, adds=True) if _is_stopped(roles, chart) else said


def _is_stopped(roles: Iterable[DrugRole], chart: Chart) -> bool:
    """What is a hard stop for the drafted magnesium is told on the card that says so."""
    groups = {stop.drug_group for stop in chart.knowledge.hard_stops.values() if assess.stops(stop, chart)} - {""}
    return any(map(_is_iv_magnesium, chart.chosen)) and any(r.of_class.group in groups for r in roles)


def _said(drugs: list[str], nerve: list[str], heart: list[str]) -> Say:
    return Say(
        Indicator.WARNING,
        ("nerve",) * bool(nerve) + ("heart",) * bool(heart),
        values={"drugs": ", ".join(drugs), "nerve": ", ".join(nerve), "heart": ", ".join(heart)},
        about=", ".join(sorted(drugs)),
    )


def _pairs(chart: Chart) -> tuple[DrugRole, ...]:
    drafted = any(_is_iv_magnesium(d) for d in chart.chosen)
    running = any(_is_iv_magnesium(a) for a in chart.holding_magnesium if a.status == "active")
    others = (chart.active if drafted else ()) + (chart.chosen if drafted or running else ())
    found = [r for m in others for r in m.roles if r.role == "iv_interaction"]
    return tuple({r.ingredient: r for r in found}.values())


def _is_iv_magnesium(medication: Medication) -> bool:
    return medication.magnesium is not None and medication.route is Route.INTRAVENOUS
