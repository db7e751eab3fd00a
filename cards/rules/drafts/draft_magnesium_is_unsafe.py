"""Is the drafted magnesium unsafe for this patient?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, given
from cards.loading import Knowledge
from cards.model import (
    DraftTest,
    Freshness,
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
    stops = chart.knowledge.hard_stops.values()
    blocking = _BLOCKING.union(stop.draft for stop in stops if stop.blocks)
    kept = _KEEP_DRAFT.union(stop.draft_yielded for stop in stops).union(s.draft for s in stops if s.keeps_draft)
    blocked = next((r for r in reasons if r in blocking), "")
    values = {
        "drug": ", ".join(dict.fromkeys(d.name for d in drafts)),
        "raisers": ", ".join(_raisers(chart)),
    }
    offers = () if set(reasons) <= kept else removals(drafts)
    return Say(
        _indicator(reasons, bool(blocked)),
        reasons,
        title=blocked or reasons[0],
        values=values,
        suggestions=(Suggestion("remove", offers, recommended=bool(blocked), values=values),) if offers else (),
        tests=(DraftTest("bmp", "first"), DraftTest("magnesium", "first")) if "unknown_kidneys" in reasons else (),
    )


def _reasons(draft: Medication, chart: Chart) -> list[str]:
    checks = (_by_level, _by_kidneys, _by_illness, _by_other_magnesium)
    found = [name for check in checks for name, applies in check(draft, chart).items() if applies]
    # what is not to be given at all needs no word on how much the kidneys allow
    return [name for name in found if not ("high" in found and name.startswith(_KIDNEYS))]


def _by_level(draft: Medication, chart: Chart) -> dict[str, bool]:
    m = chart.current
    was_high = assess.is_high(chart) and m is not None and m.freshness is not Freshness.ACTIONABLE
    return {
        "high": assess.level_forbids(draft.route is Route.INTRAVENOUS, chart),
        "was_high": was_high and not chart.has("obstetric"),
    }


def _by_kidneys(draft: Medication, chart: Chart) -> dict[str, bool]:
    """What the renal gate refuses; how much it allows is said of adults only."""
    iv, gate, adult = draft.route is Route.INTRAVENOUS, chart.renal.gate, not assess.is_child(chart)
    emergency, stop = assess.emergency(chart) is not None, chart.knowledge.hard_stops["kidneys"]
    too_much = adult and gate is RenalGate.R2 and _treats(draft) and _is_too_much(draft, chart.knowledge)
    return {
        stop.draft: iv and assess.stops(stop, chart) and stop.forbids_in(assess.emergency(chart)),
        "dialysis_oral": not iv and gate is RenalGate.R3,
        "kidneys_iv": iv and too_much and not emergency,
        "kidneys_oral": not iv and too_much,
        "unknown_kidneys": adult and gate is RenalGate.R4 and _replaces(draft) and not emergency,
        "raisers": adult and gate is RenalGate.R2 and _replaces(draft) and bool(_raisers(chart)),
    }


def _by_illness(draft: Medication, chart: Chart) -> dict[str, bool]:
    kind = assess.emergency(chart)
    child = {"child": assess.is_child(chart) and _replaces(draft)}
    if draft.route is not Route.INTRAVENOUS:
        return child | {"obstruction": _replaces(draft) and chart.has("bowel_obstruction")}
    found = dict(child)
    for stop in chart.knowledge.hard_stops.values():
        if not stop.renal and assess.stops(stop, chart):
            reason = stop.draft if stop.forbids_in(kind) else stop.draft_yielded
            found |= {reason: True} if reason else {}
    return found


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


def _raisers(chart: Chart) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for m in chart.taking("raises_mg") for name in m.ingredients("raises_mg")))


def _is_too_much(draft: Medication, knowledge: Knowledge) -> bool:
    """More than poor kidneys allow, or not said how much, or a laxative salt."""
    n, most, order = knowledge.numbers, knowledge.ceilings.of(RenalGate.R2), draft.magnesium
    if order is None:
        return False
    if draft.route is not Route.INTRAVENOUS:
        return order.elemental_mg_per_day is None or order.elemental_mg_per_day > n[most.oral_mg]
    if order.grams is None or order.grams_per_hour is None:
        return True
    return order.grams > n[most.iv_grams] or order.grams_per_hour > n[most.iv_rate]


def _is_second(draft: Medication, chart: Chart) -> bool:
    return any(m.reference != draft.reference for m in given.oral_magnesium(chart))


def _is_one_of_two_salts(draft: Medication, chart: Chart) -> bool:
    others = (d.magnesium for d in chart.chosen if d is not draft and d.route is not Route.INTRAVENOUS)
    salts = {order.salt for order in others if order and order.kind is MagnesiumKind.REPLACEMENT}
    return draft.magnesium is not None and bool(salts - {draft.magnesium.salt})


def _indicator(reasons: tuple[str, ...], blocking: bool) -> Indicator:
    if blocking:
        return Indicator.CRITICAL
    return Indicator.INFO if reasons == ("unknown_kidneys",) else Indicator.WARNING
