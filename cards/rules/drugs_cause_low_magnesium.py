"""Which drugs may have caused the low magnesium?"""

from cards import assess, causes, dosing, risks, wording
from cards.knowledge import Knowledge
from cards.model import DraftTest, Facts, Finding, Indicator, Problem, RemoveOrder, RenalGate, Silence, Suggestion


def drugs_cause_low_magnesium(facts: Facts, knowledge: Knowledge) -> Finding | Silence:
    """Up to three culprits by score (s.4), what to do about each, nothing stopped that protects."""
    if facts.low is None or not facts.low.plausible or assess.is_contaminated(facts, knowledge):
        return Silence("no low magnesium that can be trusted")
    culprits = causes.culprits(facts, knowledge)
    if not culprits:
        return Silence("no systemic drug on the list lowers magnesium, or the list is not known")
    if not any(causes.depletes(c.medication) for c in culprits):
        return _weak_only(culprits)
    worth_a_warning = facts.low.band.value != "mildly low" or bool(risks.named(facts, knowledge))
    return Finding(
        rule="drugs_cause_low_magnesium",
        problem=Problem.CAUSES,
        indicator=Indicator.WARNING if worth_a_warning and facts.is_adult is not False else Indicator.INFO,
        say=_say(culprits, facts, knowledge),
        values={
            "drugs": ", ".join(c.shown for c in culprits),
            "names": _names(culprits),
            "acid": causes.acid_name(c.medication for c in culprits),
            "kept": "" if facts.renal.gate is RenalGate.R3 else "oral magnesium, ",
            "stopped": wording.listed(c.role.ingredient for c in culprits if c.stopped),
            "why_no_sparing": dosing.why_no_potassium_sparing(facts, knowledge),
        },
        suggestions=_suggestions(culprits, facts, knowledge),
        numbers=("cause.ppi_min_days", "cause.stopped_days", "cause.shown"),
    )


def _names(culprits: tuple[causes.Culprit, ...]) -> str:
    return ", ".join(dict.fromkeys(c.role.ingredient for c in culprits))


def _say(culprits: tuple[causes.Culprit, ...], facts: Facts, knowledge: Knowledge) -> tuple[str, ...]:
    if assess.is_child(facts):
        return ("found", "child")
    sparing = dosing.potassium_sparing_is_safe(facts, knowledge)
    return ("found", *causes.advice_keys(culprits, sparing, facts), *causes.extra_keys(facts, knowledge))


def _weak_only(culprits: tuple[causes.Culprit, ...]) -> Finding:
    return Finding(
        rule="drugs_cause_low_magnesium",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.INFO,
        say=("weak",),
        values={"names": _names(culprits)},
        leads=False,
    )


def _suggestions(culprits: tuple[causes.Culprit, ...], facts: Facts, knowledge: Knowledge) -> tuple[Suggestion, ...]:
    if facts.is_adult is not True:
        return ()
    found = []
    ppi = causes.replaceable_ppi(culprits, facts)
    if ppi is not None and ppi.reference:
        recheck = DraftTest("magnesium", "after_ppi")
        offers = (dosing.alternative("famotidine", knowledge), RemoveOrder(ppi.reference, ppi.name), recheck)
        found.append(Suggestion("famotidine", offers, values={"drug": ppi.name}))
    on_diuretic = causes.is_diuretic(c.role.drug_class for c in culprits if not c.stopped)
    if on_diuretic and dosing.potassium_sparing_is_safe(facts, knowledge):
        found.append(
            Suggestion("sparing", (dosing.alternative("spironolactone", knowledge), DraftTest("bmp", "after_diuretic")))
        )
    return tuple(found)
