"""Judgements that several rules share: emergencies, risk, what forbids a route, what is already being given."""

from datetime import timedelta

from cards.knowledge import Knowledge
from cards.model import (
    SEVERE_BANDS,
    Band,
    Condition,
    Facts,
    Freshness,
    Magnesium,
    MagnesiumKind,
    Medication,
    RenalGate,
    Route,
)

_RISK_CONDITIONS = ("torsades", "ventricular_arrhythmia", "acute_mi", "heart_failure", "seizure", "alcohol_withdrawal")
_RISK_CONDITIONS_MORE = ("cardiac_surgery", "long_qt")
_GUT_LOSS = ("diarrhoea", "inflammatory_bowel_disease", "malabsorption")
_NO_ORAL = ("vomiting", "bowel_obstruction", "nil_by_mouth")
_PARALYSED = "neuromuscular blocker"


def is_child(facts: Facts) -> bool:
    """Under 18, as far as known."""
    return facts.is_adult is False


def is_current(condition: Condition | None, facts: Facts, knowledge: Knowledge) -> bool:
    """Whether an emergency is of the last 24 hours or of this stay; an undated one counts only in hospital."""
    if condition is None:
        return False
    if condition.since is None:
        return facts.inpatient
    recent = timedelta(hours=knowledge.numbers["emergency.hours"])
    if facts.now - condition.since <= recent:
        return True
    return facts.inpatient and facts.encounter_start is not None and condition.since >= facts.encounter_start


def emergency(facts: Facts, knowledge: Knowledge) -> str | None:
    """torsades (at any level), arrhythmia, seizure or qtc (with low magnesium) happening now; else None."""
    if is_child(facts) or "pre_eclampsia" in facts.conditions:
        return None
    if is_current(facts.conditions.get("torsades"), facts, knowledge):
        return None if _is_high(facts) else "torsades"
    low = trusted_low(facts, knowledge)
    if low is None:
        return None
    if is_current(facts.conditions.get("ventricular_arrhythmia"), facts, knowledge):
        return "arrhythmia"
    if any(is_current(facts.conditions.get(c), facts, knowledge) for c in ("seizure", "tetany")):
        return "seizure"
    return "qtc" if qtc(facts, knowledge) >= knowledge.numbers["qtc.critical"] else None


def _is_high(facts: Facts) -> bool:
    return facts.current is not None and facts.current.x > facts.current.upper_limit


def trusted_low(facts: Facts, knowledge: Knowledge) -> Magnesium | None:
    """A low result of an adult that may be treated: plausible and not contaminated."""
    low = facts.low
    if low is None or is_child(facts) or not low.plausible or is_contaminated(facts, knowledge):
        return None
    return low


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


def potassium(facts: Facts) -> float | None:
    """The latest fresh potassium, mmol/L."""
    found = facts.results.get("potassium")
    return found.value if found else None


def potassium_is_low(facts: Facts, knowledge: Knowledge) -> bool:
    """Below 3.5 mmol/L."""
    value = potassium(facts)
    return value is not None and value < knowledge.numbers["potassium.low"]


def potassium_is_refractory(facts: Facts, knowledge: Knowledge) -> bool:
    """Still low although potassium was ordered a day ago or earlier."""
    hours = knowledge.numbers["potassium.refractory_hours"]
    replaced = any(m.is_potassium and m.since and facts.hours_since(m.since) >= hours for m in facts.active)
    return potassium_is_low(facts, knowledge) and replaced


def corrected_calcium(facts: Facts, knowledge: Knowledge) -> float | None:
    """Calcium corrected for albumin in mg/dL; as reported where albumin is not known."""
    n = knowledge.numbers
    reported = facts.results.get("calcium_corrected")
    if reported:
        return reported.value
    total, albumin = facts.results.get("calcium"), facts.results.get("albumin")
    if total is None:
        return None
    missing = n["albumin.reference"] - albumin.value if albumin else 0.0
    return round(total.value + n["calcium.per_albumin"] * missing / 10, 2)


def calcium_is_low(facts: Facts, knowledge: Knowledge) -> bool:
    """Corrected calcium below 8.4 mg/dL."""
    value = corrected_calcium(facts, knowledge)
    return value is not None and value < knowledge.numbers["calcium.low"]


def qtc(facts: Facts, knowledge: Knowledge) -> float:
    """The latest plausible QTc in ms; 0 when there is none."""
    n, found = knowledge.numbers, facts.results.get("qtc")
    return found.value if found and n["qtc.plausible_min"] <= found.value <= n["qtc.plausible_max"] else 0.0


def qtc_is_long(facts: Facts, knowledge: Knowledge) -> bool:
    """At least 470 ms (men) or 480 ms (women and unknown sex)."""
    who = "male" if facts.sex == "male" else "female"
    return qtc(facts, knowledge) >= knowledge.numbers[f"qtc.long.{who}"]


def qt_drugs(facts: Facts) -> tuple[Medication, ...]:
    """Active and chosen drugs with a known risk of torsades, one a drug."""
    listed = [m for m in (*facts.chosen, *facts.active) if m.has_role("qt_risk")]
    return tuple({m.name: m for m in listed}.values())


def takes_digoxin(facts: Facts) -> bool:
    """Digoxin, taken or being ordered."""
    return any(m.has_role("digitalis") for m in (*facts.chosen, *facts.active))


def risks(facts: Facts, knowledge: Knowledge) -> tuple[str, ...]:
    """What makes low magnesium dangerous here (clinical rule s.4.4), in words for the card."""
    found = [f"{m.name} (QT risk)" for m in qt_drugs(facts)]
    found += ["digoxin"] * takes_digoxin(facts)
    found += [f"QTc {qtc(facts, knowledge):.0f} ms"] * qtc_is_long(facts, knowledge)
    found += [c.replace("_", " ") for c in (*_RISK_CONDITIONS, *_RISK_CONDITIONS_MORE) if c in facts.conditions]
    found += ["low potassium"] * potassium_is_low(facts, knowledge)
    found += ["low calcium"] * calcium_is_low(facts, knowledge)
    return tuple(found)


def has_symptoms(facts: Facts) -> bool:
    """Weakness, cramps, tremor, paraesthesia or confusion on record."""
    return "symptom" in facts.conditions


def cannot_take_oral(facts: Facts) -> bool:
    """Vomiting, bowel obstruction or nil by mouth."""
    return facts.has(*_NO_ORAL)


def avoids_oral(facts: Facts) -> bool:
    """A medicine is taken with which no oral magnesium may be given at any interval."""
    return any(r.role == "chelation_interaction" and r.avoid and not r.ph_only for m in facts.active for r in m.roles)


def has_gut_loss(facts: Facts) -> bool:
    """Diarrhoea, inflammatory bowel disease or malabsorption."""
    return facts.has(*_GUT_LOSS)


def iv_magnesium_running(facts: Facts, knowledge: Knowledge) -> bool:
    """IV magnesium or parenteral nutrition now, or IV magnesium within 24 hours."""
    return any(_is_iv_now(m, facts, knowledge) for m in facts.medications or ())


def _is_iv_now(medication: Medication, facts: Facts, knowledge: Knowledge) -> bool:
    order = medication.magnesium
    if order is None or (order.kind is not MagnesiumKind.NUTRITION and medication.route is not Route.INTRAVENOUS):
        return False
    if medication.status == "active":
        return True
    last = medication.until or medication.since
    recent = last is not None and facts.hours_since(last) <= knowledge.numbers["duplicate.iv_hours"]
    return recent and order.kind is not MagnesiumKind.NUTRITION


def oral_magnesium(facts: Facts) -> tuple[Medication, ...]:
    """Oral magnesium being taken: replacement or a single-salt laxative."""
    kinds = (MagnesiumKind.REPLACEMENT, MagnesiumKind.LAXATIVE)
    return tuple(
        m for m in facts.active if m.magnesium and m.magnesium.kind in kinds and m.route is not Route.INTRAVENOUS
    )


def has_second_degree_block(facts: Facts) -> bool:
    """Heart block that forbids IV magnesium: second or third degree without a pacemaker on record."""
    return "av_block" in facts.conditions and "pacemaker" not in facts.conditions


def is_paralysed(facts: Facts) -> bool:
    """A neuromuscular blocker is running."""
    return any(r.drug_class == _PARALYSED for m in facts.active for r in m.roles)


def iv_is_forbidden(facts: Facts, knowledge: Knowledge, in_emergency: bool = False) -> bool:
    """Any hard stop for IV magnesium; in torsades heart block becomes an expert's call."""
    block = has_second_degree_block(facts) and not in_emergency
    stops = block or facts.has("myasthenia", "hypermagnesaemia") or is_paralysed(facts)
    breathing = "respiratory_failure" in facts.conditions and not in_emergency
    kidneys = facts.renal.gate is RenalGate.R3 and not in_emergency
    return stops or breathing or kidneys


def dose_may_be_offered(facts: Facts, knowledge: Knowledge) -> bool:
    """An adult of known age with a fresh (or critically low) result, not obstetric, not already on IV magnesium."""
    m = trusted_low(facts, knowledge)
    if m is None or facts.is_adult is not True or "pre_eclampsia" in facts.conditions:
        return False
    fresh = m.freshness is Freshness.ACTIONABLE or x_is_critical(m, knowledge)
    return fresh and not iv_magnesium_running(facts, knowledge)


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
    if low.freshness is Freshness.REPEAT_FIRST and not x_is_critical(low, knowledge):
        return "the result must be repeated first"
    return ""


def drafts_magnesium(facts: Facts) -> bool:
    """The clinician is ordering magnesium replacement."""
    kinds = (MagnesiumKind.REPLACEMENT, MagnesiumKind.OBSTETRIC)
    return any(d.magnesium and d.magnesium.kind in kinds for d in facts.chosen)
