"""Is the drafted magnesium unsafe for this patient?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, given
from cards.model import (
    DraftTest,
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

_BLOCKING = frozenset({"dialysis_oral", "high"})
_KIDNEYS = ("dialysis", "kidneys", "raisers", "unknown_kidneys")
_REPLACEMENT = (MagnesiumKind.REPLACEMENT, MagnesiumKind.OBSTETRIC)
_KIDNEY_TESTS = (DraftTest("bmp", "first"), DraftTest("magnesium", "first"))
_KEEP_DRAFT = frozenset({"unknown_kidneys", "was_high", "raisers", "two_salts"})


@rule(Problem.DRAFT_MAGNESIUM)
def draft_magnesium_is_unsafe(chart: Chart) -> Say | Because:
    """Kidneys, heart block, myasthenia, high magnesium, duplicate, child (OS-MGDRAFT)."""
    drafts = tuple(d for d in chart.chosen if d.magnesium)
    if not drafts:
        return because("no chosen draft holds magnesium")
    reasons = tuple(dict.fromkeys(r for d in drafts for r in _reasons(d, chart)))
    if not reasons:
        return because("nothing on record makes this magnesium unsafe")
    return _said(reasons, drafts, chart)


def _said(reasons: tuple[str, ...], drafts: tuple[Medication, ...], chart: Chart) -> Say:
    raisers = ", ".join(assess.magnesium_raisers(chart))
    blocking = next((r for r in reasons if r in _blocking(chart)), "")
    values = {"drug": ", ".join(dict.fromkeys(d.name for d in drafts)), "raisers": raisers}
    return Say(
        _indicator(reasons, bool(blocking)),
        reasons,
        title=blocking or reasons[0],
        values=values,
        suggestions=() if set(reasons) <= _kept(chart) else _removal(bool(blocking), drafts, values),
        tests=_KIDNEY_TESTS if "unknown_kidneys" in reasons else (),
    )


def _blocking(chart: Chart) -> frozenset[str]:
    """The reasons for which the draft must not be given."""
    return _BLOCKING.union(stop.draft for stop in chart.knowledge.hard_stops.values() if stop.blocks)


def _kept(chart: Chart) -> frozenset[str]:
    """The reasons for which the draft is not offered for removal."""
    stops = chart.knowledge.hard_stops.values()
    return _KEEP_DRAFT.union(s.draft for s in stops if s.keeps_draft).union(s.draft_yielded for s in stops)


def _removal(blocking: bool, drafts: tuple[Medication, ...], values: dict[str, str]) -> tuple[Suggestion, ...]:
    orders = removals(drafts)
    return (Suggestion("remove", orders, recommended=blocking, values=values),) if orders else ()


def _indicator(reasons: tuple[str, ...], blocking: bool) -> Indicator:
    if blocking:
        return Indicator.CRITICAL
    return Indicator.INFO if reasons == ("unknown_kidneys",) else Indicator.WARNING


def _reasons(draft: Medication, chart: Chart) -> list[str]:
    checks = (_by_level, _by_kidneys, _by_illness, _by_other_magnesium)
    found = [name for check in checks for name, applies in check(draft, chart).items() if name and applies]
    # what is not to be given at all needs no word on how much the kidneys allow
    return [name for name in found if not ("high" in found and name.startswith(_KIDNEYS))]


def _by_level(draft: Medication, chart: Chart) -> dict[str, bool]:
    was_high = bool(chart.is_high) and not chart.is_fresh
    return {
        "high": assess.level_forbids(draft.route is Route.INTRAVENOUS, chart),
        "was_high": was_high and not chart.has("obstetric"),
    }


def _by_kidneys(draft: Medication, chart: Chart) -> dict[str, bool]:
    """What the renal gate refuses; how much it allows is said of adults only."""
    iv, gate, adult = draft.route is Route.INTRAVENOUS, chart.renal.gate, not assess.is_child(chart)
    emergency, stop = assess.emergency(chart) is not None, chart.knowledge.hard_stops["kidneys"]
    too_much = adult and gate is RenalGate.R2 and _treats(draft) and _is_too_much(draft, chart)
    return {
        stop.draft: iv and assess.stops(stop, chart) and stop.forbids_in(assess.emergency(chart)),
        "dialysis_oral": not iv and gate is RenalGate.R3,
        "kidneys_iv": iv and too_much and not emergency,
        "kidneys_oral": not iv and too_much,
        "unknown_kidneys": adult and gate is RenalGate.R4 and _replaces(draft) and not emergency,
        "raisers": adult and gate is RenalGate.R2 and _replaces(draft) and bool(assess.magnesium_raisers(chart)),
    }


def _by_illness(draft: Medication, chart: Chart) -> dict[str, bool]:
    kind = assess.emergency(chart)
    child = {"child": assess.is_child(chart) and _replaces(draft)}
    if draft.route is not Route.INTRAVENOUS:
        return child | {"obstruction": _replaces(draft) and chart.has("bowel_obstruction")}
    stops = (s for s in chart.knowledge.hard_stops.values() if not s.renal and assess.stops(s, chart))
    return child | {(s.draft if s.forbids_in(kind) else s.draft_yielded): True for s in stops}


def _by_other_magnesium(draft: Medication, chart: Chart) -> dict[str, bool]:
    """What is running, taken or drafted besides (s.2.4)."""
    if not _replaces(draft):
        return {}
    if draft.route is not Route.INTRAVENOUS:
        return {"second_salt": _is_second(draft, chart), "two_salts": _is_one_of_two_salts(draft, chart)}
    wanted = chart.has("obstetric") or assess.emergency(chart) is not None
    return {"running": not wanted and given.iv_magnesium_lately(chart)}


def _replaces(draft: Medication) -> bool:
    return draft.magnesium is not None and draft.magnesium.kind in _REPLACEMENT


def _treats(draft: Medication) -> bool:
    return _replaces(draft) or (draft.magnesium is not None and draft.magnesium.kind is MagnesiumKind.LAXATIVE)


def _is_too_much(draft: Medication, chart: Chart) -> bool:
    """More than poor kidneys allow, or not said how much, or a laxative salt."""
    order, most = draft.magnesium, chart.knowledge.ceilings.of(RenalGate.R2)
    if order is None:
        return False
    if draft.route is not Route.INTRAVENOUS:
        return order.elemental_mg_per_day is None or _is_above(order.elemental_mg_per_day, most.oral_mg, chart)
    if order.grams is None or order.grams_per_hour is None:
        return True
    too_fast = _is_above(order.grams_per_hour, most.iv_rate, chart)
    return _is_above(order.grams, most.iv_grams, chart) or too_fast


def _is_above(dose: float, ceiling: str, chart: Chart) -> bool:
    return bool(chart.above(dose, ceiling))


def _is_second(draft: Medication, chart: Chart) -> bool:
    return any(m.reference != draft.reference for m in given.oral_magnesium(chart))


def _is_one_of_two_salts(draft: Medication, chart: Chart) -> bool:
    others = (d.magnesium for d in chart.chosen if d is not draft and d.route is not Route.INTRAVENOUS)
    salts = {order.salt for order in others if order and order.kind is MagnesiumKind.REPLACEMENT}
    return draft.magnesium is not None and bool(salts - {draft.magnesium.salt})
