"""Does the drafted order lower a magnesium that is already low?"""

from cards import assess, causes, dosing
from cards.knowledge import Knowledge
from cards.model import (
    DraftTest,
    Facts,
    Finding,
    Freshness,
    Indicator,
    Magnesium,
    Medication,
    Problem,
    RemoveOrder,
    Silence,
    Suggestion,
)


def draft_lowers_magnesium(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """A depleting drug below the lower limit, or up to 0.75 mmol/L beside a second one (OS-DEPLETE)."""
    drafts = tuple(d for d in facts.chosen if causes.depletes(d))
    m = facts.current
    if not drafts or m is None or assess.is_doubtful(m, facts, knowledge):
        return Silence("no chosen draft that lowers magnesium, or no usable magnesium")
    names = {m.name for m in (*drafts, *facts.active) if causes.depletes(m)}
    second = len(names) > 1
    limit = knowledge.numbers["deplete.second_drug_at_or_below"]
    if not m.low and not (m.x <= limit and second):
        return Silence("magnesium is high enough for this drug")
    classes = {r.drug_class for d in drafts for r in d.roles if r.role == "cause"}
    sparing = causes.is_diuretic(classes) and dosing.potassium_sparing_is_safe(facts, knowledge)
    advice = causes.draft_advice(classes, sparing, facts)
    when = "daily" if "antimicrobial" in advice else "draft_depletes"
    chosen = {d.name for d in drafts}
    others = dict.fromkeys(a.name for a in facts.active if causes.depletes(a) and a.name not in chosen)
    return Finding(
        rule="draft_lowers_magnesium",
        problem=Problem.DRAFT_DEPLETES,
        indicator=Indicator.WARNING,
        say=_say(advice, when, bool(others), m),
        values={
            "drug": ", ".join(dict.fromkeys(d.name for d in drafts)),
            "others": ", ".join(others),
        },
        suggestions=_suggestions(drafts, sparing, facts, knowledge),
        tests=(DraftTest("magnesium", when), DraftTest("bmp", when)),
        numbers=("deplete.second_drug_at_or_below", "limit.lower.default"),
    )


def _say(advice: tuple[str, ...], when: str, others_taken: bool, magnesium: Magnesium) -> tuple[str, ...]:
    also = ("also",) if others_taken else ()
    old = ("old",) if magnesium.freshness is Freshness.REPEAT_FIRST else ()
    return ("found", *also, *advice, *(() if when == "daily" else ("check",)), *old)


def _suggestions(
    drafts: tuple[Medication, ...], sparing: bool, facts: Facts, knowledge: Knowledge
) -> tuple[Suggestion, ...]:
    if facts.is_adult is not True:
        return ()
    found = [
        Suggestion(
            "famotidine",
            (dosing.alternative("famotidine", knowledge), RemoveOrder(d.reference, d.name)),
            recommended=True,
            values={"drug": d.name},
        )
        for d in drafts
        if d.reference and causes.is_acid_suppressant(d) and not causes.is_protected(facts)
    ]
    if sparing:
        found.append(
            Suggestion("sparing", (dosing.alternative("spironolactone", knowledge), DraftTest("bmp", "after_diuretic")))
        )
    return tuple(found[:2])
