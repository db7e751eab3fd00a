"""Is the drafted magnesium too much, too fast, or an obstetric bag?"""

from cards import assess, dosing, risks
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
    "ceiling.iv_rate.emergency",
    "ceiling.iv_rate.symptoms",
    "ceiling.iv_grams_course.r2",
    "ceiling.oral_mg.r2",
    "ceiling.oral_mg.r0",
    "ceiling.oral_mg.r1",
)
_ROUNDING = 1.02
_KINDS = (MagnesiumKind.REPLACEMENT, MagnesiumKind.OBSTETRIC)


def draft_magnesium_dose_is_wrong(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """Above the ceilings of s.2.1, 2.3 and 2.4, summed over the chosen drafts; obstetrics has its own protocol."""
    drafts = tuple(d for d in facts.chosen if d.magnesium and d.magnesium.kind in _KINDS)
    if not drafts or facts.has("pre_eclampsia"):
        return Silence("no chosen magnesium draft, or the obstetric protocol decides")
    reasons = _reasons(drafts, facts, knowledge)
    if not reasons:
        return Silence("no chosen magnesium draft above the ceilings")
    return Finding(
        rule="draft_magnesium_dose_is_wrong",
        problem=Problem.DRAFT_MAGNESIUM,
        indicator=Indicator.WARNING,
        title=reasons[0],
        say=reasons,
        values={
            "drug": drafts[0].name,
            "draft": _told(drafts),
            "most": f"{_most_grams(facts, knowledge):g}",
            "most_oral": f"{_most_oral(facts, knowledge):g}",
        },
        suggestions=_replacement(drafts[0], facts, knowledge),
        numbers=NUMBERS,
    )


def _reasons(drafts: tuple[Medication, ...], facts: Facts, knowledge: Knowledge) -> tuple[str, ...]:
    emergency = assess.emergency(facts, knowledge) is not None
    checks = {
        "obstetric": any(d.magnesium and d.magnesium.kind is MagnesiumKind.OBSTETRIC for d in drafts),
        "grams": _grams(drafts) > _most_grams(facts, knowledge),
        "rate": not emergency and _rate(drafts) > _fastest(facts, knowledge) * _ROUNDING,
        "rate_emergency": emergency and _rate(drafts) > knowledge.numbers["ceiling.iv_rate.emergency"] * _ROUNDING,
        # on dialysis no oral dose is right (draft_magnesium_is_unsafe): a ceiling would read as leave to give it
        "oral": facts.renal.gate is not RenalGate.R3 and _elemental(drafts) > _most_oral(facts, knowledge) * _ROUNDING,
    }
    found = tuple(reason for reason, applies in checks.items() if applies)
    return ("obstetric",) if "obstetric" in found else found


def _grams(drafts: tuple[Medication, ...]) -> float:
    iv = (d.magnesium for d in drafts if d.route is Route.INTRAVENOUS)
    return sum(order.grams or 0.0 for order in iv if order)


def _rate(drafts: tuple[Medication, ...]) -> float:
    return max((d.magnesium.grams_per_hour or 0.0 for d in drafts if d.magnesium), default=0.0)


def _elemental(drafts: tuple[Medication, ...]) -> float:
    return sum(d.magnesium.elemental_mg_per_day or 0.0 for d in drafts if d.magnesium)


def _most_grams(facts: Facts, knowledge: Knowledge) -> float:
    n, gate = knowledge.numbers, facts.renal.gate
    if gate in (RenalGate.R2, RenalGate.R3):
        return n["ceiling.iv_grams_course.r2"]
    return n["ceiling.iv_grams_24h.r1" if gate is RenalGate.R1 else "ceiling.iv_grams_24h"]


def _fastest(facts: Facts, knowledge: Knowledge) -> float:
    """With symptoms 2 g may run in 15 minutes (s.2.4); otherwise 1 g/h."""
    symptoms = risks.has_symptoms(facts)
    return knowledge.numbers["ceiling.iv_rate.symptoms" if symptoms else "ceiling.iv_rate"]


def _most_oral(facts: Facts, knowledge: Knowledge) -> float:
    gates = {RenalGate.R1: "ceiling.oral_mg.r1", RenalGate.R2: "ceiling.oral_mg.r2"}
    return knowledge.numbers[gates.get(facts.renal.gate, "ceiling.oral_mg.r0")]


def _replacement(draft: Medication, facts: Facts, knowledge: Knowledge) -> tuple[Suggestion, ...]:
    low = assess.trusted_low(facts, knowledge)
    if low is None or draft.reference is None:
        return ()
    plan = dosing.plan(facts, knowledge)
    order = plan.iv if draft.route is Route.INTRAVENOUS else plan.oral
    values = dosing.dose_values(order)
    offers = (order, RemoveOrder(draft.reference, draft.name)) if order else ()
    return (Suggestion("replace", offers, recommended=True, values=values),) if offers else ()


def _told(drafts: tuple[Medication, ...]) -> str:
    grams, rate, oral = _grams(drafts), _rate(drafts), _elemental(drafts)
    parts = [f"{grams:g} g in 24 h"] * bool(grams) + [f"{rate:.3g} g/h"] * bool(rate)
    return ", ".join(parts + [f"{oral:.0f} mg elemental a day"] * bool(oral))
