"""Is the drafted magnesium too much, too fast, or an obstetric bag?"""

from cards import assess, dosing
from cards.knowledge import Knowledge
from cards.model import (
    Facts,
    Finding,
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
    "ceiling.iv_grams_24h",
    "ceiling.iv_grams_24h.r1",
    "ceiling.iv_rate",
    "ceiling.oral_mg.r0",
    "ceiling.oral_mg.r1",
)


def draft_magnesium_dose_is_wrong(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """Above the ceilings of s.2.1 and s.2.4, outside emergencies and obstetrics."""
    if facts.has("pre_eclampsia") or assess.emergency(facts, knowledge) or facts.renal.gate is RenalGate.R3:
        return Silence("an emergency, obstetric or dialysis rule decides")
    found = [(d, reason) for d in facts.chosen for reason in _reasons(d, facts, knowledge)]
    if not found:
        return Silence("no chosen magnesium draft above the ceilings")
    drafts = tuple({d.reference: d for d, _ in found}.values())
    say = tuple(dict.fromkeys(reason for _, reason in found))
    return Finding(
        rule="draft_magnesium_dose_is_wrong",
        problem=Problem.DRAFT_MAGNESIUM,
        indicator=Indicator.WARNING,
        title=say[0],
        say=say,
        values={"drug": drafts[0].name, "draft": _told(drafts[0])},
        suggestions=_replacement(drafts[0], facts, knowledge),
        numbers=NUMBERS,
    )


def _reasons(draft: Medication, facts: Facts, knowledge: Knowledge) -> list[str]:
    n, order = knowledge.numbers, draft.magnesium
    if order is None or order.kind not in (MagnesiumKind.REPLACEMENT, MagnesiumKind.OBSTETRIC):
        return []
    if order.kind is MagnesiumKind.OBSTETRIC:
        return ["obstetric"]
    if draft.route is not Route.INTRAVENOUS:
        most = n["ceiling.oral_mg.r1" if facts.renal.gate is RenalGate.R1 else "ceiling.oral_mg.r0"]
        return ["oral"] if (order.elemental_mg_per_day or 0) > most * 1.02 else []
    most = n["ceiling.iv_grams_24h.r1" if facts.renal.gate is RenalGate.R1 else "ceiling.iv_grams_24h"]
    too_much, too_fast = (order.grams or 0) > most, (order.grams_per_hour or 0) > n["ceiling.iv_rate"] * 1.02
    return ["grams"] * too_much + ["rate"] * (too_fast and not assess.has_symptoms(facts))


def _replacement(draft: Medication, facts: Facts, knowledge: Knowledge) -> tuple[Suggestion, ...]:
    low = assess.trusted_low(facts, knowledge)
    if low is None or draft.reference is None:
        return ()
    plan = dosing.plan(low.band, facts, knowledge)
    order = plan.iv if draft.route is Route.INTRAVENOUS else plan.oral
    values = {"dose": dosing.dose_text(order) if order else ""}
    offers = (order, RemoveOrder(draft.reference, draft.name)) if order else ()
    return (Suggestion("replace", offers, recommended=True, values=values),) if offers else ()


def _told(draft: Medication) -> str:
    order = draft.magnesium
    if order is None:
        return ""
    amount = f"{order.grams:g} g" if order.grams else f"{order.elemental_mg_per_day or 0:.0f} mg elemental a day"
    return f"{amount} at {order.grams_per_hour:g} g/h" if order.grams_per_hour else amount
