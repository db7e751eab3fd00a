"""Judgements that several rules share: emergencies, what forbids a level or route, what may be offered."""

from math import inf

from cards import given, risks
from cards.knowledge import Knowledge
from cards.model import (
    SEVERE_BANDS,
    Band,
    Facts,
    Freshness,
    Magnesium,
    RenalGate,
    once,
)

DIURETICS = frozenset({"loop diuretic", "thiazide-type diuretic"})
_GUT_LOSS = ("diarrhoea", "inflammatory_bowel_disease", "malabsorption")
_NO_ORAL = ("vomiting", "bowel_obstruction", "nil_by_mouth")
_ONGOING = ("vomiting", "diabetic_ketoacidosis", "hungry_bone", "pancreatitis", "burn")
_PARALYSED = "neuromuscular blocker"


def is_child(facts: Facts) -> bool:
    """Under 18, as far as known."""
    return facts.is_adult is False


@once
def emergency(facts: Facts, knowledge: Knowledge) -> str | None:
    """torsades (at any level), or with low magnesium to be acted on: arrhythmia, seizure, qtc, digoxin; else None."""
    if is_child(facts):
        return None
    if risks.is_current(facts.conditions.get("torsades"), facts, knowledge):
        return None if is_high(facts) else "torsades"
    low = trusted_low(facts, knowledge)
    if low is None or must_repeat_first(low, facts, knowledge):
        return None
    kinds = {
        "arrhythmia": _happens_now(("ventricular_arrhythmia",), facts, knowledge),
        "seizure": _happens_now(("seizure", "tetany"), facts, knowledge) and "pre_eclampsia" not in facts.conditions,
        "qtc": _has_critical_qtc_today(facts, knowledge),
        "digoxin": _has_digoxin_toxicity(facts, knowledge),
    }
    return next((kind for kind, applies in kinds.items() if applies), None)


def _happens_now(categories: tuple[str, ...], facts: Facts, knowledge: Knowledge) -> bool:
    return any(risks.is_current(facts.conditions.get(category), facts, knowledge) for category in categories)


def _has_critical_qtc_today(facts: Facts, knowledge: Knowledge) -> bool:
    found, n = facts.results.get("qtc"), knowledge.numbers
    today = found is not None and facts.hours_since(found.when) <= n["emergency.hours"]
    return today and risks.qtc(facts, knowledge) >= n["qtc.critical"]


def _has_digoxin_toxicity(facts: Facts, knowledge: Knowledge) -> bool:
    toxic = _happens_now(("digoxin_toxicity",), facts, knowledge)
    return toxic and risks.takes_digoxin(facts) and "av_block" not in facts.conditions


def is_high(facts: Facts) -> bool:
    """Above the upper limit, whenever that was."""
    return facts.current is not None and facts.current.x > facts.current.upper_limit


def level_forbids(iv: bool, facts: Facts, knowledge: Knowledge) -> bool:
    """A high result of now forbids magnesium (s.1.6); IV not at a level that pre-eclampsia aims at (s.1.5)."""
    m = facts.current
    if m is None or m.x <= m.upper_limit or m.freshness is not Freshness.ACTIONABLE:
        return False
    obstetric = facts.has("pre_eclampsia") or on_obstetric_magnesium(facts, knowledge)
    return not (iv and obstetric and m.x <= knowledge.numbers["obstetric.caution"])


def on_obstetric_magnesium(facts: Facts, knowledge: Knowledge) -> bool:
    """Magnesium sulfate for pre-eclampsia or in pregnancy: high levels are intended (clinical rule s.1.5)."""
    if facts.has("pre_eclampsia", "pregnancy") and given.iv_magnesium_lately(facts, knowledge):
        return True
    unlisted = bool(facts.not_known & {"medications", "administrations"}) or facts.unread_orders > 0
    return unlisted and may_be_on_obstetric_magnesium(facts)


def may_be_on_obstetric_magnesium(facts: Facts) -> bool:
    """Pre-eclampsia and no word of magnesium: an infusion of the labour ward may not be on the lists."""
    return (
        facts.has("pre_eclampsia")
        and not given.oral_magnesium(facts)
        and not any(map(given.is_iv_replacement, facts.holding_magnesium))
    )


@once
def trusted_low(facts: Facts, knowledge: Knowledge) -> Magnesium | None:
    """A low result of an adult that may be treated: plausible and not contaminated."""
    low = facts.low
    if low is None or is_child(facts) or not low.plausible or is_contaminated(facts, knowledge):
        return None
    return low


@once
def is_contaminated(facts: Facts, knowledge: Knowledge) -> bool:
    """Low magnesium with very high potassium and very low calcium of the same draw: K-EDTA or oxalate in the tube."""
    n, low = knowledge.numbers, facts.low
    potassium, calcium = facts.results.get("potassium"), facts.results.get("calcium")
    if low is None or potassium is None or calcium is None:
        return False
    same_draw = all(
        abs((r.when - low.when).total_seconds()) <= n["contamination.same_draw"] * 3600 for r in (potassium, calcium)
    )
    return same_draw and potassium.value >= n["contamination.potassium"] and calcium.value <= n["contamination.calcium"]


def ionised_is_of_the_same_draw(facts: Facts, knowledge: Knowledge) -> bool:
    """Whether total and ionised magnesium were measured together."""
    return abs(_hours_later(facts)) <= knowledge.numbers["contamination.same_draw"]


def ionised_is_normal(facts: Facts, knowledge: Knowledge) -> bool:
    """Low total magnesium, with a normal ionised one of the same draw or a later one."""
    known = facts.low is not None and facts.ionised is not None and not facts.ionised.low
    return known and _hours_later(facts) >= -knowledge.numbers["contamination.same_draw"]


def _hours_later(facts: Facts) -> float:
    """By how much the ionised result is later than the total."""
    if facts.ionised is None or facts.current is None:
        return inf
    return (facts.ionised.when - facts.current.when).total_seconds() / 3600


def cannot_take_oral(facts: Facts) -> bool:
    """Vomiting, bowel obstruction or nil by mouth."""
    return facts.has(*_NO_ORAL)


def avoids_oral(facts: Facts) -> bool:
    """A medicine is taken with which no oral magnesium may be given at any interval."""
    binding = (r for m in facts.taking("chelation_interaction") for r in m.roles if r.role == "chelation_interaction")
    return any(r.avoid and not r.ph_only for r in binding)


def loses_magnesium(facts: Facts) -> bool:
    """A loss or shift that goes on (s.7): gut, ketoacidosis, hungry bone, pancreatitis, burns; diuresis in hospital."""
    diuresis = facts.inpatient and not DIURETICS.isdisjoint(facts.drug_classes)
    return has_gut_loss(facts) or facts.has(*_ONGOING) or diuresis


def is_refed(facts: Facts) -> bool:
    """Refeeding, or malnourished and fed in hospital."""
    return facts.has("refeeding") or (facts.inpatient and facts.has("malnutrition"))


def has_gut_loss(facts: Facts) -> bool:
    """Diarrhoea, inflammatory bowel disease or malabsorption."""
    return facts.has(*_GUT_LOSS)


def has_unpaced_heart_block(facts: Facts) -> bool:
    """Heart block that forbids IV magnesium: second or third degree without a pacemaker on record."""
    return "av_block" in facts.conditions and "pacemaker" not in facts.conditions


def is_paralysed(facts: Facts) -> bool:
    """A neuromuscular blocker is running."""
    return _PARALYSED in facts.drug_classes


def iv_is_forbidden(facts: Facts, knowledge: Knowledge, kind: str | None = None) -> bool:
    """Any hard stop for IV magnesium; heart block is an expert's call in torsades, some stops yield in an emergency."""
    always = "myasthenia" in facts.conditions or is_paralysed(facts)
    block = has_unpaced_heart_block(facts) and kind != "torsades"
    yields = facts.has("respiratory_failure", "hypotension") or facts.renal.gate is RenalGate.R3
    return always or block or (yields and kind is None)


def dose_may_be_offered(facts: Facts, knowledge: Knowledge) -> bool:
    """An adult of known age with a result that may be dosed by, not obstetric, not already on IV magnesium."""
    m = trusted_low(facts, knowledge)
    if m is None or facts.is_adult is not True or "pre_eclampsia" in facts.conditions:
        return False
    return not must_repeat_first(m, facts, knowledge) and not given.iv_magnesium_lately(facts, knowledge)


def must_repeat_first(magnesium: Magnesium, facts: Facts, knowledge: Knowledge) -> bool:
    """Too old to dose by; in hospital a critically low one is treated all the same (clinical rule s.0.6)."""
    urgent = facts.inpatient and x_is_critical(magnesium, knowledge) and not magnesium.superseded
    return magnesium.freshness is not Freshness.ACTIONABLE and not urgent


def is_doubtful(magnesium: Magnesium, facts: Facts, knowledge: Knowledge) -> bool:
    """Impossible, or from a contaminated tube: to be repeated before anything is concluded."""
    return not magnesium.plausible or is_contaminated(facts, knowledge)


def x_is_critical(magnesium: Magnesium, knowledge: Knowledge) -> bool:
    """Critically low."""
    return magnesium.x < knowledge.numbers["band.critical_low"]


def is_severe_band(band: Band) -> bool:
    """Severely or critically low."""
    return band in SEVERE_BANDS


def why_no_band(band: Band, facts: Facts, knowledge: Knowledge) -> str:
    """Why the rule of a band stays silent; "" when it speaks."""
    if emergency(facts, knowledge):
        return "the emergency rule speaks"
    low = trusted_low(facts, knowledge)
    if low is None:
        return "no low magnesium of an adult that can be trusted"
    if low.band is not band:
        return f"magnesium is {low.band.value}"
    if must_repeat_first(low, facts, knowledge):
        return "the result must be repeated first"
    return ""
