"""Does drafted IV magnesium meet a drug that makes it dangerous, or the other way round?"""

from collections.abc import Iterator
from dataclasses import replace

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, hard_stops, order_measures
from cards.judgements.indication import is_wanted, reason_of
from cards.model import DrugRole, Indicator, Medication, Problem, Route, Say

_BLOCKER, _PRESSURE, _CALCIUM = "blocker", "pressure", "calcium"
_LINES = (_BLOCKER, "nerve", _PRESSURE, "heart", _CALCIUM)
_ROLES = frozenset({"iv_interaction", "iv_calcium"})


@rule(Problem.INTERACTION)
def iv_magnesium_interacts(chart: Chart) -> Say | Because:
    """Blockers warn; aminoglycosides, calcium, calcium channel blockers and digoxin inform (INT-IV, s.6)."""
    roles = tuple({r.ingredient: r for r in _pairs(chart) if _matters(r, chart)}.values())
    if not roles:
        return because("no drafted pair of IV magnesium and such a drug")
    by_line: dict[str, list[str]] = {}
    for role in roles:
        by_line.setdefault(role.of_class.with_iv, []).append(role.ingredient)
    lines = tuple(line for line in _LINES if line in by_line)
    grave = _BLOCKER in by_line or (_PRESSURE in by_line and _is_obstetric_load(chart))
    said = Say(
        Indicator.WARNING if grave else Indicator.INFO,
        lines,
        values={"drugs": ", ".join(r.ingredient for r in roles), **{k: ", ".join(v) for k, v in by_line.items()}},
        about=", ".join(sorted(r.ingredient for r in roles)),
    )
    return replace(said, problem=Problem.DRAFT_MAGNESIUM, adds=True) if _is_stopped(roles, chart) else said


def _is_stopped(roles: tuple[DrugRole, ...], chart: Chart) -> bool:
    """What is a hard stop for the drafted magnesium is told on the card that says so."""
    kind, listed = assess.emergency(chart), chart.knowledge.hard_stops.values()
    told = (stop for stop in listed if not stop.caution and stop.forbids_in(kind) and hard_stops.stops(stop, chart))
    groups = {stop.drug_group for stop in told} - {""}
    return any(map(_is_iv_magnesium, chart.chosen)) and any(r.of_class.group in groups for r in roles)


def _pairs(chart: Chart) -> Iterator[DrugRole]:
    """Over the whole cart and list: one of the pair is drafted, and one of it is chosen or magnesium is."""
    drafted = [d for d in chart.drafts if _is_iv_magnesium(d)]
    running = any(_is_iv_magnesium(a) for a in chart.holding_magnesium if a.status == "active")
    if any(d.selected for d in drafted):
        others = (*chart.active, *chart.drafts)
    elif drafted or running:
        others = chart.chosen
    else:
        return
    yield from (r for m in others for r in m.roles if r.role in _ROLES and m.route is not Route.NOT_SYSTEMIC)


def _matters(role: DrugRole, chart: Chart) -> bool:
    """Calcium by vein, not as the antidote; other channel blockers above 2 g/h, and some of them always by vein."""
    if role.of_class.with_iv == _CALCIUM:
        m, by_vein = chart.current, _is_by_vein(role, chart)
        return by_vein and not (m is not None and chart.at_least(m.x, "band.critical_high"))
    if role.ingredient in role.of_class.with_iv_by_vein and _is_by_vein(role, chart):
        return True
    if limit := role.of_class.with_iv_above:
        drafts = tuple(d for d in chart.drafts if _is_iv_magnesium(d))
        return bool(chart.above(order_measures.measure("rate", drafts, chart), limit))
    return True


def _is_by_vein(role: DrugRole, chart: Chart) -> bool:
    return any(role in m.roles and m.route is Route.INTRAVENOUS for m in (*chart.active, *chart.drafts))


def _is_obstetric_load(chart: Chart) -> bool:
    drafts = [d for d in chart.drafts if _is_iv_magnesium(d) and reason_of(d, chart).indication.obstetric]
    return bool(order_measures.loads(order_measures.steps(drafts), chart))


def _is_iv_magnesium(medication: Medication) -> bool:
    return is_wanted(medication) and medication.route is Route.INTRAVENOUS
