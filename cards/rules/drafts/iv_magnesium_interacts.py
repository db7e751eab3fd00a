"""Does drafted IV magnesium meet a drug that makes it dangerous, or the other way round?"""

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
    nerve = [r for r in roles if r.of_class.advice == _NERVE]
    heart = [r for r in roles if r.of_class.advice != _NERVE]
    if not nerve and all(r.evidence == "weak" for r in heart):
        return because("only weakly documented interactions")
    stopped = _is_stopped(nerve, chart)
    return Say(
        Indicator.WARNING,
        ("nerve",) * bool(nerve) + ("heart",) * bool(heart),
        values={
            "drugs": ", ".join(r.ingredient for r in roles),
            "nerve": ", ".join(r.ingredient for r in nerve),
            "heart": ", ".join(r.ingredient for r in heart),
        },
        about=", ".join(sorted(r.ingredient for r in roles)),
        problem=Problem.DRAFT_MAGNESIUM if stopped else None,
        adds=True if stopped else None,
    )


def _is_stopped(nerve: list[DrugRole], chart: Chart) -> bool:
    """What is a hard stop for the drafted magnesium is told on the card that says so."""
    groups = {stop.drug_group for stop in chart.knowledge.hard_stops.values() if assess.stops(stop, chart)} - {""}
    drafted = any(_is_iv_magnesium(d) for d in chart.chosen)
    return drafted and any(r.of_class.group in groups for r in nerve)


def _pairs(chart: Chart) -> tuple[DrugRole, ...]:
    drafted = any(_is_iv_magnesium(d) for d in chart.chosen)
    running = any(_is_iv_magnesium(a) for a in chart.holding_magnesium if a.status == "active")
    others = (chart.active if drafted else ()) + (chart.chosen if drafted or running else ())
    found = [r for m in others for r in m.roles if r.role == "iv_interaction"]
    return tuple({r.ingredient: r for r in found}.values())


def _is_iv_magnesium(medication: Medication) -> bool:
    return medication.magnesium is not None and medication.route is Route.INTRAVENOUS
