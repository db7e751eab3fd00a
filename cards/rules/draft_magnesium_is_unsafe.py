"""Is the drafted magnesium unsafe for this patient?"""

from cards import assess
from cards.knowledge import Knowledge
from cards.model import (
    DraftTest,
    Facts,
    Finding,
    Freshness,
    Indicator,
    MagnesiumKind,
    Medication,
    Problem,
    RemoveOrder,
    RenalGate,
    Route,
    Silence,
    Suggestion,
)

NUMBERS = (
    "egfr.r1",
    "egfr.r2",
    "limit.upper.default",
    "ceiling.iv_grams_course.r2",
    "ceiling.iv_rate.r2",
    "ceiling.oral_mg.r2",
    "duplicate.iv_hours",
)
_BLOCKING = frozenset({"dialysis", "block", "myasthenia", "high"})
_REPLACEMENT = (MagnesiumKind.REPLACEMENT, MagnesiumKind.OBSTETRIC)
_KEEP_DRAFT = frozenset({"unknown_kidneys", "block_torsades", "was_high"})


def draft_magnesium_is_unsafe(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """Kidneys, heart block, myasthenia, high magnesium, duplicate, child (OS-MGDRAFT)."""
    drafts = tuple(d for d in facts.chosen if d.magnesium)
    if not drafts:
        return Silence("no chosen draft holds magnesium")
    reasons = tuple(dict.fromkeys(r for d in drafts for r in _reasons(d, facts, knowledge)))
    if not reasons:
        return Silence("nothing on record makes this magnesium unsafe")
    blocking = bool(_BLOCKING & set(reasons))
    values = {"drug": ", ".join(dict.fromkeys(d.name for d in drafts))}
    removals = tuple(RemoveOrder(d.reference, d.name) for d in drafts if d.reference)
    offers = () if set(reasons) <= _KEEP_DRAFT else removals
    return Finding(
        rule="draft_magnesium_is_unsafe",
        problem=Problem.DRAFT_MAGNESIUM,
        indicator=_indicator(reasons, blocking),
        title=next((r for r in reasons if r in _BLOCKING), reasons[0]),
        say=reasons,
        values=values,
        suggestions=(Suggestion("remove", offers, recommended=blocking, values=values),) if offers else (),
        tests=(DraftTest("bmp", "first"), DraftTest("magnesium", "first")) if "unknown_kidneys" in reasons else (),
        numbers=NUMBERS,
    )


def _reasons(draft: Medication, facts: Facts, knowledge: Knowledge) -> list[str]:
    iv = draft.route is Route.INTRAVENOUS
    kind = assess.emergency(facts, knowledge)
    emergency = kind is not None
    gate, m, n = facts.renal.gate, facts.current, knowledge.numbers
    obstetric = facts.has("pre_eclampsia", "pregnancy")
    fresh = m is not None and m.freshness is Freshness.ACTIONABLE
    replacement = draft.magnesium is not None and draft.magnesium.kind in _REPLACEMENT
    treats = replacement or (draft.magnesium is not None and draft.magnesium.kind is MagnesiumKind.LAXATIVE)
    checks = {
        "high": fresh and m is not None and m.x > (n["obstetric.caution"] if iv and obstetric else m.upper_limit),
        "was_high": not fresh and m is not None and m.x > m.upper_limit and not obstetric,
        "dialysis": gate is RenalGate.R3 and not (iv and emergency),
        "block": iv and assess.has_unpaced_heart_block(facts) and kind != "torsades",
        "block_torsades": iv and assess.has_unpaced_heart_block(facts) and kind == "torsades",
        "myasthenia": iv and facts.has("myasthenia"),
        "child": facts.is_adult is False and replacement,
        "breathing": iv and facts.has("respiratory_failure") and not emergency,
        "pressure": iv and facts.has("hypotension") and not emergency,
        "kidneys_iv": iv and gate is RenalGate.R2 and treats and not emergency and _is_too_much(draft, knowledge),
        "kidneys_oral": not iv and gate is RenalGate.R2 and treats and _is_too_much(draft, knowledge),
        "running": iv
        and replacement
        and not obstetric
        and not emergency
        and assess.iv_magnesium_lately(facts, knowledge),
        "second_salt": not iv and replacement and _other_salt(draft, facts),
        "unknown_kidneys": gate is RenalGate.R4 and replacement and not emergency and facts.is_adult is not False,
    }
    return [name for name, applies in checks.items() if applies]


def _is_too_much(draft: Medication, knowledge: Knowledge) -> bool:
    """More than eGFR 15-29 allows, or not said how much, or a laxative salt."""
    n, order = knowledge.numbers, draft.magnesium
    if order is None:
        return False
    if draft.route is not Route.INTRAVENOUS:
        return order.elemental_mg_per_day is None or order.elemental_mg_per_day > n["ceiling.oral_mg.r2"]
    if order.grams is None or order.grams_per_hour is None:
        return True
    return order.grams > n["ceiling.iv_grams_course.r2"] or order.grams_per_hour > n["ceiling.iv_rate.r2"]


def _other_salt(draft: Medication, facts: Facts) -> bool:
    return any(m.reference != draft.reference for m in assess.oral_magnesium(facts))


def _indicator(reasons: tuple[str, ...], blocking: bool) -> Indicator:
    if blocking:
        return Indicator.CRITICAL
    return Indicator.INFO if reasons == ("unknown_kidneys",) else Indicator.WARNING
