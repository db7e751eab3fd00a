"""Does the drafted order meet oral magnesium in the gut?"""

from collections.abc import Iterable
from dataclasses import replace

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess
from cards.model import (
    DrugRole,
    Indicator,
    MagnesiumKind,
    Medication,
    Problem,
    RenalGate,
    Route,
    Say,
    Suggestion,
    removals,
)
from cards.wording import opening

_ANTACID_SALTS = frozenset({"oxide", "hydroxide", "carbonate"})
_SWALLOWED = (Route.ORAL, Route.UNKNOWN)
_BY_MOUTH = (
    MagnesiumKind.REPLACEMENT,
    MagnesiumKind.LAXATIVE,
    MagnesiumKind.ANTACID,
    MagnesiumKind.BOWEL_PREPARATION,
)


@rule(Problem.INTERACTION)
def magnesium_blocks_absorption(chart: Chart) -> Say | Because:
    """Oral magnesium drafted beside such a drug, or such a drug drafted beside oral magnesium (INT-CHEL)."""
    pairs = _pairs(chart)
    if not pairs:
        vitamins = _beside_minerals(chart)
        return _informs(vitamins) if vitamins else because("no drafted pair of oral magnesium and a drug it binds")
    why = _why_none(chart)
    return _stop(why, pairs, chart) if why else _space(pairs)


def _informs(pairs: tuple[DrugRole, ...]) -> Say:
    """A multivitamin with minerals never warns (s.6)."""
    drugs = ", ".join(r.ingredient for r in pairs)
    values = {"drugs": drugs, "advice": _advice(pairs)}
    return Say(Indicator.INFO, ("minerals",), title="minerals", values=values, about=drugs)


def _advice(pairs: Iterable[DrugRole]) -> str:
    """What each drug asks for beside magnesium, by its name."""
    return " ".join(f"**{opening(r.ingredient)}**: {r.advice}" for r in pairs)


def _beside_minerals(chart: Chart) -> tuple[DrugRole, ...]:
    """What a multivitamin with minerals binds of what is taken and drafted; one of the pair is chosen."""
    listed = (*chart.active, *chart.drafts)
    if not any(m.has_minerals and m.route in _SWALLOWED for m in listed):
        return ()
    others = listed if any(d.has_minerals for d in chart.chosen) else chart.chosen
    roles = (r for m in others if m.route in _SWALLOWED for r in m.roles if r.of_class.meets_minerals)
    return tuple({r.ingredient: r for r in roles if r.role == "chelation_interaction"}.values())


def _space(pairs: tuple[DrugRole, ...]) -> Say:
    avoid = [r for r in pairs if r.avoid]
    return Say(
        Indicator.WARNING if any(r.avoid or r.of_class.fails_beside for r in pairs) else Indicator.INFO,
        ("avoid",) * bool(avoid) + ("apart",) * (len(avoid) < len(pairs)),
        title="avoid" if avoid else "",
        values={
            "drugs": ", ".join(r.ingredient for r in pairs),
            "avoided": ", ".join(r.ingredient for r in avoid),
            "avoid_advice": _advice(avoid),
            "advice": _advice(r for r in pairs if not r.avoid),
        },
        about=", ".join(sorted(r.ingredient for r in pairs)),
    )


def _why_none(chart: Chart) -> str:
    """Why no oral magnesium is right at any interval (s.1.6, 2.1)."""
    if assess.level_forbids(chart):
        return "high"
    return "dialysis" if chart.renal.gate is RenalGate.R3 else ""


def _stop(why: str, pairs: tuple[DrugRole, ...], chart: Chart) -> Say | Because:
    taken = [m for m in chart.active if _is_oral_magnesium(m)]
    if not taken:
        return because("the drafted magnesium is refused")
    names = ", ".join(dict.fromkeys(m.name for m in taken))
    values = {"drugs": ", ".join(r.ingredient for r in pairs), "magnesium_drugs": names}
    return Say(Indicator.WARNING, (why,), title=why, values=values, suggestions=_removal(taken, values), about=names)


def _removal(taken: list[Medication], values: dict[str, str]) -> tuple[Suggestion, ...]:
    gone = removals(taken)
    return (Suggestion("stop", gone, recommended=True, values=values),) if gone else ()


def _pairs(chart: Chart) -> tuple[DrugRole, ...]:
    if not chart.chosen:
        return ()
    drafted = [d for d in chart.chosen if _is_oral_magnesium(d)]
    taken = [a for a in (*chart.active, *chart.drafts) if _is_oral_magnesium(a)]
    found = [r for d in drafted for m in (*chart.active, *chart.drafts) for r in _binding(m, d)]
    found += [r for a in taken for d in chart.chosen for r in _binding(d, a)]
    return tuple({r.ingredient: r for r in found}.values())


def _is_oral_magnesium(medication: Medication) -> bool:
    order = medication.magnesium
    kinds = (*_BY_MOUTH, MagnesiumKind.SOURCE)
    return order is not None and order.kind in kinds and medication.route in _SWALLOWED


def _binding(drug: Medication, magnesium: Medication) -> list[DrugRole]:
    if drug is magnesium or drug.route not in _SWALLOWED:
        return []
    salt = magnesium.magnesium.salt if magnesium.magnesium else ""
    antacid = salt in _ANTACID_SALTS
    roles = [_resin(r, salt) for r in drug.roles if r.role == "chelation_interaction" and _binds(r, antacid)]
    return roles + [r for r in drug.roles if r.ingredient in r.of_class.binds and r.role == "cause"]


def _binds(role: DrugRole, antacid: bool) -> bool:
    return antacid or not role.ph_only or bool(role.of_class.leaves_alkali)


def _resin(role: DrugRole, salt: str) -> DrugRole:
    """A resin takes up the magnesium and leaves alkali of some salts: to be avoided with these alone (s.6)."""
    return replace(role, avoid=salt in role.of_class.leaves_alkali) if role.of_class.leaves_alkali else role
