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
_ORAL = frozenset({"oral", "oral_poor"})
_POOR = (RenalGate.R2, RenalGate.R3)
_KINDS = (MagnesiumKind.REPLACEMENT, MagnesiumKind.OBSTETRIC)

Drafts = tuple[Medication, ...]


def draft_magnesium_dose_is_wrong(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """Above the ceilings of s.2.1, 2.3 and 2.4, summed over the chosen drafts; obstetrics has its own protocol."""
    drafts = tuple(d for d in facts.chosen if d.magnesium and d.magnesium.kind in _KINDS)
    if not drafts or facts.has("pre_eclampsia"):
        return Silence("no chosen magnesium draft, or the obstetric protocol decides")
    if _are_refused(drafts, facts, knowledge):
        return Silence("none is to be given: a limit would read as leave to give it")
    reasons = _reasons(drafts, facts, knowledge)
    if not reasons:
        return Silence("no chosen magnesium draft above the ceilings")
    return Finding(
        rule="draft_magnesium_dose_is_wrong",
        problem=Problem.DRAFT_MAGNESIUM,
        indicator=Indicator.WARNING,
        title="oral" if reasons[0] in _ORAL else reasons[0],
        say=reasons,
        values={
            "drafted": _named(drafts),
            "grams": f"{_grams(drafts):g}",
            "rate": f"{_rate(drafts):.3g}",
            "oral": f"{_elemental(drafts):.0f}",
            "most": f"{_most_grams(facts, knowledge):g}",
            "most_oral": f"{_most_oral(facts, knowledge):g}",
        },
        suggestions=_replacement(drafts, reasons, facts, knowledge),
        numbers=NUMBERS,
    )


def _reasons(drafts: Drafts, facts: Facts, knowledge: Knowledge) -> tuple[str, ...]:
    emergency = assess.emergency(facts, knowledge) is not None
    too_much_oral = _elemental(drafts) > _most_oral(facts, knowledge) * _ROUNDING
    # the rate for eGFR 15-29 is that of draft_magnesium_is_unsafe
    checks = {
        "obstetric": any(d.magnesium and d.magnesium.kind is MagnesiumKind.OBSTETRIC for d in drafts),
        "grams": _grams(drafts) > _most_grams(facts, knowledge) * _ROUNDING,
        "rate": not emergency
        and facts.renal.gate not in _POOR
        and _rate(drafts) > _fastest(facts, knowledge) * _ROUNDING,
        "rate_emergency": emergency and _rate(drafts) > knowledge.numbers["ceiling.iv_rate.emergency"] * _ROUNDING,
        "push": not emergency and any(d.magnesium and d.magnesium.is_push for d in drafts),
        "oral": too_much_oral and facts.renal.gate not in _POOR,
        "oral_poor": too_much_oral and facts.renal.gate in _POOR,
    }
    return tuple(reason for reason, applies in checks.items() if applies)


def _are_refused(drafts: Drafts, facts: Facts, knowledge: Knowledge) -> bool:
    """By draft_magnesium_is_unsafe, whatever the dose: magnesium is high, or the kidneys do not excrete it."""
    if assess.emergency(facts, knowledge):
        return False
    high = (assess.level_forbids(d.route is Route.INTRAVENOUS, facts, knowledge) for d in drafts)
    return facts.renal.gate is RenalGate.R3 or all(high)


def _named(drafts: Drafts) -> str:
    names = ", ".join(dict.fromkeys(d.name for d in drafts))
    return f"{len(drafts)} drafts of {names}" if len(drafts) > 1 else f"{names} draft"


def _grams(drafts: Drafts) -> float:
    iv = (d.magnesium for d in drafts if d.route is Route.INTRAVENOUS)
    return sum(order.grams or 0.0 for order in iv if order)


def _rate(drafts: Drafts) -> float:
    return max((d.magnesium.grams_per_hour or 0.0 for d in drafts if d.magnesium), default=0.0)


def _elemental(drafts: Drafts) -> float:
    return sum(d.magnesium.elemental_mg_per_day or 0.0 for d in drafts if d.magnesium)


def _most_grams(facts: Facts, knowledge: Knowledge) -> float:
    n, gate = knowledge.numbers, facts.renal.gate
    if gate in _POOR:
        return n["ceiling.iv_grams_course.r2"]
    return n["ceiling.iv_grams_24h.r1" if gate is RenalGate.R1 else "ceiling.iv_grams_24h"]


def _fastest(facts: Facts, knowledge: Knowledge) -> float:
    """With symptoms 2 g may run in 15 minutes (s.2.4); otherwise 1 g/h."""
    symptoms = risks.has_symptoms(facts)
    return knowledge.numbers["ceiling.iv_rate.symptoms" if symptoms else "ceiling.iv_rate"]


def _most_oral(facts: Facts, knowledge: Knowledge) -> float:
    gates = {RenalGate.R1: "ceiling.oral_mg.r1", RenalGate.R2: "ceiling.oral_mg.r2"}
    return knowledge.numbers[gates.get(facts.renal.gate, "ceiling.oral_mg.r0")]


def _replacement(
    drafts: Drafts, reasons: tuple[str, ...], facts: Facts, knowledge: Knowledge
) -> tuple[Suggestion, ...]:
    """The usual order in place of every draft of the route that is wrong."""
    iv = not _ORAL.issuperset(reasons)
    gone = tuple(
        RemoveOrder(d.reference, d.name) for d in drafts if d.reference and (d.route is Route.INTRAVENOUS) is iv
    )
    low = assess.trusted_low(facts, knowledge)
    plan = dosing.plan(facts, knowledge)
    order = plan.iv if iv else plan.oral
    if low is None or order is None or not gone:
        return ()
    return (Suggestion("replace", (order, *gone), recommended=True, values=dosing.dose_values(order)),)
