"""Does the drafted order lower a magnesium that is already low?"""

from collections.abc import Collection

from cards import assess, causes, dosing, risks, wording
from cards.knowledge import Knowledge
from cards.model import (
    DraftTest,
    Facts,
    Finding,
    Indicator,
    Magnesium,
    Medication,
    Problem,
    RemoveOrder,
    RenalGate,
    Silence,
    Suggestion,
)

_CORRECTED_FIRST = ("diuretic", "other")


def draft_lowers_magnesium(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """A depleting drug below the lower limit, or up to 0.75 mmol/L beside a second one (OS-DEPLETE)."""
    drafts = tuple(d for d in facts.chosen if causes.depletes(d))
    m, before_dose = facts.current, causes.corrected_before(facts.chosen)
    if not (drafts or before_dose) or m is None or assess.is_doubtful(m, facts, knowledge):
        return Silence("no chosen draft that lowers magnesium, or no usable magnesium")
    second = len(causes.depleting_names((*drafts, *facts.active))) > 1
    limit = knowledge.numbers["deplete.second_drug_at_or_below"]
    if not m.low and not (drafts and m.x <= limit and second):
        return Silence("magnesium is high enough for this drug")
    advice = causes.draft_advice(drafts, facts)
    if before_dose and m.low:
        advice["before_dose"] = list(before_dose)
    when = _when(m, advice, facts, knowledge)
    return Finding(
        rule="draft_lowers_magnesium",
        problem=Problem.DRAFT_DEPLETES,
        indicator=Indicator.WARNING,
        title=_title(drafts, m),
        say=_say(m, advice, when, facts, knowledge),
        values=_values(drafts, advice, facts, knowledge),
        suggestions=_suggestions(drafts, facts, knowledge),
        tests=(DraftTest("magnesium", when), DraftTest("bmp", when)),
        numbers=("deplete.second_drug_at_or_below", "limit.lower.default"),
    )


def _title(drafts: tuple[Medication, ...], magnesium: Magnesium) -> str:
    if not drafts:
        return "before_dose"
    return "" if magnesium.low else "second"


def _when(magnesium: Magnesium, advice: Collection[str], facts: Facts, knowledge: Knowledge) -> str:
    """When to measure again: never later than the low result itself asks for."""
    if assess.is_child(facts) or assess.must_repeat_first(magnesium, facts, knowledge):
        return "now"
    if assess.emergency(facts, knowledge):
        return "after_emergency"
    if magnesium.low and assess.is_severe_band(magnesium.band):
        return dosing.recheck(magnesium.band, dosing.plan(facts, knowledge), facts, knowledge)
    if "antimicrobial" in advice:
        return "daily"
    if magnesium.low:
        return dosing.recheck(magnesium.band, dosing.plan(facts, knowledge), facts, knowledge)
    return "draft_depletes"


def _say(
    magnesium: Magnesium, advice: Collection[str], when: str, facts: Facts, knowledge: Knowledge
) -> tuple[str, ...]:
    also = ("also",) if _others(facts) else ()
    if assess.is_child(facts):
        return ("found", *also, "child")
    old = assess.must_repeat_first(magnesium, facts, knowledge)
    return (
        "found",
        *also,
        *_correct(advice, facts, knowledge),
        *advice,
        *(("another",) if _swaps_acid_suppression(facts) else ()),
        *(_partner(facts, knowledge) if "diuretic" in advice else ()),
        *(("digoxin",) if risks.takes_digoxin(facts) else ()),
        *(("old",) if old else () if when == "daily" else ("check",)),
    )


def _correct(advice: Collection[str], facts: Facts, knowledge: Knowledge) -> tuple[str, ...]:
    """To be said only where a dose is offered too."""
    if not any(key in advice for key in _CORRECTED_FIRST) or dosing.plan(facts, knowledge).title == "none":
        return ()
    return ("correct_both" if risks.potassium_is_low(facts, knowledge) else "correct",)


def _partner(facts: Facts, knowledge: Knowledge) -> tuple[str, ...]:
    heart_failure = ("heart_failure",) if facts.has("heart_failure") else ()
    return ("sparing" if dosing.potassium_sparing_is_safe(facts, knowledge) else "no_sparing", *heart_failure)


def _swaps_acid_suppression(facts: Facts) -> bool:
    return any(map(causes.is_ppi, facts.chosen)) and any(map(causes.is_acid_suppressant, facts.active))


def _others(facts: Facts) -> tuple[str, ...]:
    """Depleting drugs taken, beside those being ordered."""
    chosen = causes.depleting_names(facts.chosen)
    return tuple(name for name in causes.depleting_names(facts.active) if name not in chosen)


def _values(
    drafts: tuple[Medication, ...], advice: dict[str, list[str]], facts: Facts, knowledge: Knowledge
) -> dict[str, str]:
    names = causes.depleting_names(drafts) or tuple(advice["before_dose"])
    first = [name for key in _CORRECTED_FIRST for name in advice.get(key, ())]
    return {
        "drug": wording.listed(names),
        "lowers": wording.verb(names, "lowers", "lower"),
        "acid": next(iter((*advice.get("ppi", ()), *advice.get("ppi_famotidine", ()), "PPI"))),
        "kept": "" if facts.renal.gate is RenalGate.R3 else "add magnesium and ",
        "others": wording.listed(_others(facts)),
        "corrected_first": wording.listed(first),
        **{key: wording.listed(names) for key, names in advice.items()},
        "why_no_sparing": dosing.why_no_potassium_sparing(facts, knowledge),
    }


def _suggestions(drafts: tuple[Medication, ...], facts: Facts, knowledge: Knowledge) -> tuple[Suggestion, ...]:
    if facts.is_adult is not True:
        return ()
    acid = [d for d in drafts if d.reference and causes.is_acid_suppressant(d)]
    replaceable = acid if causes.acid_key(facts) == "ppi" else []
    found = [_famotidine(d, knowledge) for d in replaceable]
    on_diuretic = any(causes.is_diuretic_drug(d) for d in drafts)
    if on_diuretic and dosing.potassium_sparing_is_safe(facts, knowledge):
        found.append(
            Suggestion("sparing", (dosing.alternative("spironolactone", knowledge), DraftTest("bmp", "after_diuretic")))
        )
    return tuple(found[:2])


def _famotidine(draft: Medication, knowledge: Knowledge) -> Suggestion:
    offers = (dosing.alternative("famotidine", knowledge), RemoveOrder(draft.reference or "", draft.name))
    return Suggestion("famotidine", offers, recommended=True, values={"drug": draft.name})
