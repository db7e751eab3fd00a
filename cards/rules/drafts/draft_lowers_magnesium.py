"""Does the drafted order lower a magnesium that is already low?"""

from collections.abc import Collection

from cards import wording
from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import allergies, assess, before_doses, cause_advice, causes, corrected, danger, potassium
from cards.loading import Knowledge
from cards.model import (
    DraftTest,
    Indicator,
    Magnesium,
    Medication,
    Problem,
    RemoveOrder,
    RenalGate,
    Say,
    Suggestion,
    removals,
)
from cards.plan import doses, emergency_load, partners, recheck

_CORRECTED_FIRST = ("diuretic", "other")
_ACID_LINES = ("ppi", "ppi_famotidine", "ppi_allergy")
_MOST_OFFERS = 2
Drafts = tuple[Medication, ...]


@rule(Problem.DRAFT_DEPLETES)
def draft_lowers_magnesium(chart: Chart) -> Say | Because:
    """A depleting drug below the lower limit, or a little above it beside a second one (OS-DEPLETE)."""
    drafts = corrected.new_starts(tuple(d for d in chart.chosen if causes.depletes(d)), chart)
    if not drafts and not causes.corrected_before(chart.chosen):
        return because("no chosen draft that lowers magnesium, or one that is renewed")
    if under_way := corrected.is_under_way(chart):
        return because(under_way.why)
    m = chart.current
    if m is None:
        return chart.is_known
    if assess.is_doubtful(m, chart):
        return because("the magnesium result must be repeated first")
    return _judged(m, drafts, chart)


def _judged(m: Magnesium, drafts: Drafts, chart: Chart) -> Say | Because:
    """Of the drafts those whose class speaks at this level, and what is to be corrected before a dose."""
    asking = tuple(d for d in drafts if causes.asks_at_order(d, m.x, chart))
    before_dose = before_doses.asked(m, chart)
    if not asking and not before_dose:
        silent = causes.asks_at_order(drafts[0], m.x, chart) if drafts else chart.is_low
        return chart.is_low and because(silent.why)
    risky = Because(True) if before_dose else chart.is_low or _is_too_low_beside_another(m, asking, chart)
    return risky and _said(m, asking, before_dose, chart)


def _is_too_low_beside_another(m: Magnesium, drafts: Drafts, chart: Chart) -> Because:
    second = len(causes.depleting_names((*drafts, *chart.active))) > 1
    return chart.at_most(m.x, "deplete.second_drug_at_or_below") if drafts and second else chart.is_low


def _said(m: Magnesium, drafts: Drafts, before_dose: tuple[str, ...], chart: Chart) -> Say:
    advice = cause_advice.draft_advice(drafts, chart)
    if before_dose:
        advice["before_dose"] = list(before_dose)
    when = _when(m, chart)
    return Say(
        Indicator.WARNING,
        _say(m, advice, when, chart),
        title=_title(drafts, m),
        values=_values(drafts, advice, chart),
        suggestions=_suggestions(drafts, chart),
        tests=(DraftTest("magnesium", when), DraftTest("bmp", when)),
    )


def _title(drafts: Drafts, magnesium: Magnesium) -> str:
    if not drafts:
        return "before_dose" if magnesium.low else "before_dose_calcium"
    return "" if magnesium.low else "second"


def _when(magnesium: Magnesium, chart: Chart) -> str:
    """When to measure again: never later than the low result itself asks for."""
    if assess.is_child(chart) or assess.must_repeat_first(magnesium, chart):
        return "now"
    if assess.emergency(chart):
        return "after_emergency_once" if emergency_load.is_once_only(chart) else "after_emergency"
    asked = recheck.when(magnesium.band, doses.plan(chart), chart) if magnesium.low else "draft_depletes"
    return recheck.earliest((asked, *cause_advice.rechecks(chart.chosen, chart)), chart)


def _say(magnesium: Magnesium, advice: Collection[str], when: str, chart: Chart) -> tuple[str, ...]:
    also = ("also",) if _others(chart) else ()
    if assess.is_child(chart):
        return ("found", *also, "child")
    old = assess.must_repeat_first(magnesium, chart)
    return (
        "found",
        *also,
        *_correct(advice, chart),
        *advice,
        *(("another",) if _swaps_acid_suppression(chart) else ()),
        *(_partner(chart) if "diuretic" in advice else ()),
        *(("digoxin",) if danger.takes_digoxin(chart) else ()),
        *(("old",) if old else () if when == "daily" else ("check",)),
    )


def _correct(advice: Collection[str], chart: Chart) -> tuple[str, ...]:
    """To be said only where a dose is offered too; potassium is not corrected before a drug that holds it."""
    if not any(key in advice for key in _CORRECTED_FIRST) or doses.plan(chart).title == "none":
        return ()
    itself = any(d.is_potassium or "potassium" in d.name for d in chart.chosen)
    return ("correct_both" if potassium.is_low(chart) and not itself else "correct",)


def _partner(chart: Chart) -> tuple[str, ...]:
    heart_failure = ("heart_failure",) if chart.has("heart_failure") else ()
    sparing = f"sparing{allergies.sparing_suffix('diuretic', chart)}"
    return (sparing if doses.potassium_sparing_is_safe(chart) else "no_sparing", *heart_failure)


def _swaps_acid_suppression(chart: Chart) -> bool:
    return any(map(causes.is_ppi, chart.chosen)) and any(map(causes.is_acid_suppressant, chart.active))


def _others(chart: Chart) -> tuple[str, ...]:
    """Depleting drugs taken, beside those being ordered."""
    chosen = causes.depleting_names(chart.chosen)
    return tuple(name for name in causes.depleting_names(chart.active) if name not in chosen)


def _values(drafts: Drafts, advice: dict[str, list[str]], chart: Chart) -> dict[str, str]:
    names = causes.depleting_names(drafts) or tuple(advice["before_dose"])
    first = [name for key in _CORRECTED_FIRST for name in advice.get(key, ())]
    return {
        "drug": wording.listed(names),
        "lowers": chart.knowledge.words.form("verbs.lowers", len(set(names)) > 1),
        "acid": next((name for key in _ACID_LINES for name in advice.get(key, ())), ""),
        "kept": "" if chart.renal.gate is RenalGate.R3 else chart.knowledge.words.say("kept.draft"),
        "others": wording.listed(_others(chart)),
        "corrected_first": wording.listed(first),
        **{key: wording.listed(names) for key, names in advice.items()},
        "why_no_sparing": partners.why_no_potassium_sparing(chart),
        **allergies.values(chart),
    }


def _suggestions(drafts: Drafts, chart: Chart) -> tuple[Suggestion, ...]:
    if chart.is_adult is not True:
        return ()
    acid = removals(filter(causes.is_acid_suppressant, drafts))
    replaceable = acid if cause_advice.acid_key(chart) == "ppi" else ()
    sparing = doses.sparing_offered(any(map(causes.is_diuretic_drug, drafts)), chart)
    return (*(_famotidine(gone, chart.knowledge) for gone in replaceable), *sparing)[:_MOST_OFFERS]


def _famotidine(gone: RemoveOrder, knowledge: Knowledge) -> Suggestion:
    offers = (doses.alternative("famotidine", knowledge), gone)
    return Suggestion("famotidine", offers, recommended=True, values={"drug": gone.name})
