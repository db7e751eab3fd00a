"""What makes low magnesium dangerous: potassium, calcium, QTc, drugs, illnesses (clinical rules s.3, 4.4, 5)."""

from collections.abc import Iterable
from datetime import timedelta

from cards.knowledge import Knowledge
from cards.model import Condition, Facts, Medication, once

ILLNESSES = (
    "torsades",
    "ventricular_arrhythmia",
    "acute_mi",
    "heart_failure",
    "seizure",
    "alcohol_withdrawal",
    "atrial_fibrillation_rapid",
    "cardiac_surgery",
    "long_qt",
)
LOW_CALCIUM = "low calcium"


def potassium(facts: Facts) -> float | None:
    """The latest fresh potassium, mmol/L."""
    found = facts.results.get("potassium")
    return found.value if found else None


def potassium_is_low(facts: Facts, knowledge: Knowledge) -> bool:
    """Below 3.5 mmol/L."""
    value = potassium(facts)
    return value is not None and value < knowledge.numbers["potassium.low"]


def potassium_goal(facts: Facts, knowledge: Knowledge) -> str:
    """What is to be said of potassium beside magnesium: its goal, unless that is known to be reached."""
    value, goal = potassium(facts), knowledge.numbers["target.potassium"]
    return "" if value is not None and value >= goal else f" and potassium to at least {goal:.1f} mmol/L"


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


@once
def qtc(facts: Facts, knowledge: Knowledge) -> float:
    """The latest plausible QTc in ms; 0 when there is none."""
    n, found = knowledge.numbers, facts.results.get("qtc")
    return found.value if found and n["qtc.plausible_min"] <= found.value <= n["qtc.plausible_max"] else 0.0


def qtc_is_long(facts: Facts, knowledge: Knowledge) -> bool:
    """At least 470 ms (men) or 480 ms (women and unknown sex)."""
    who = "male" if facts.sex == "male" else "female"
    return qtc(facts, knowledge) >= knowledge.numbers[f"qtc.long.{who}"]


@once
def qt_drugs(facts: Facts) -> tuple[str, ...]:
    """The ingredients with a known risk of torsades, chosen or taken, each once however often it is ordered."""
    return tuple(dict.fromkeys((*qt_names(facts.chosen), *qt_names(facts.taking("qt_risk")))))


def qt_names(medications: Iterable[Medication]) -> tuple[str, ...]:
    """The ingredients of some medicines that have a known risk of torsades."""
    return tuple(dict.fromkeys(name for m in medications for name in m.ingredients("qt_risk")))


@once
def takes_digoxin(facts: Facts) -> bool:
    """Digoxin, taken or being ordered."""
    return bool(facts.taking("digitalis")) or any(m.has_role("digitalis") for m in facts.chosen)


@once
def named(facts: Facts, knowledge: Knowledge) -> tuple[str, ...]:
    """What makes low magnesium dangerous here (clinical rule s.4.4), in words for the card."""
    found = [f"{name} (QT risk)" for name in qt_drugs(facts)]
    found += ["digoxin"] * takes_digoxin(facts)
    found += [f"QTc {qtc(facts, knowledge):.0f} ms"] * qtc_is_long(facts, knowledge)
    found += [facts.conditions[c].name for c in ILLNESSES if c in facts.conditions]
    found += ["low potassium"] * potassium_is_low(facts, knowledge)
    found += [LOW_CALCIUM] * calcium_is_low(facts, knowledge)
    return tuple(found)


def has_symptoms(facts: Facts) -> bool:
    """Weakness, cramps, tremor, paraesthesia or confusion on record."""
    return "symptom" in facts.conditions


_SIGNS = ("torsades", "ventricular_arrhythmia", "seizure", "av_block")
_STATES = ("respiratory_failure", "hypotension", "bradycardia")


def signs_of_toxicity(facts: Facts, knowledge: Knowledge) -> tuple[str, ...]:
    """Arrhythmia, seizure, failing breath or pressure of now: with high magnesium nobody is free of symptoms."""
    states = {c for c in _STATES if c in facts.conditions and facts.conditions[c].since is None}
    current = (c for c in (*_SIGNS, *_STATES) if c in states or is_current(facts.conditions.get(c), facts, knowledge))
    return tuple(facts.conditions[c].name for c in current)


def high_is_mild(x: float, facts: Facts, knowledge: Knowledge) -> bool:
    """High magnesium that only informs: below 1.25 mmol/L, eGFR of 60 or more, no symptoms (s.1.1)."""
    egfr, n = facts.renal.egfr, knowledge.numbers
    well = not has_symptoms(facts) and not signs_of_toxicity(facts, knowledge)
    return x < n["band.high_is_mild_below"] and egfr is not None and egfr >= n["egfr.r0"] and well


def dangers_with_qt_drug(x: float, facts: Facts, knowledge: Knowledge) -> tuple[str, ...]:
    """Severe, potassium below 3.0, QTc of 500 ms, two known-risk drugs, torsades now: each is critical (s.5)."""
    n, k = knowledge.numbers, potassium(facts)
    checks = {
        "severe": x < n["band.severe"],
        "potassium": k is not None and k < n["potassium.very_low"],
        "qtc": qtc(facts, knowledge) >= n["qtc.critical"],
        "two drugs": len(qt_drugs(facts)) > 1,
        "torsades": had_torsades_lately(facts, knowledge),
    }
    return tuple(name for name, applies in checks.items() if applies)


def had_torsades_lately(facts: Facts, knowledge: Knowledge) -> bool:
    """Torsades now, or within the time a QTc counts (30 days)."""
    found = facts.conditions.get("torsades")
    since = found.since if found else None
    return since is not None and facts.hours_since(since) <= knowledge.numbers["fresh.qtc"]


def is_too_low_for_the_heart(x: float, facts: Facts, knowledge: Knowledge) -> bool:
    """Low-normal with digoxin or a QT drug and low potassium, with QTc of 500 ms, or below 0.74 on a QT drug."""
    n = knowledge.numbers
    drugs = bool(qt_drugs(facts))
    if x < n["suboptimal.high_risk_below"]:
        if "torsades" in facts.conditions:
            return True
        low_potassium = (drugs or takes_digoxin(facts)) and potassium_is_low(facts, knowledge)
        if low_potassium or qtc(facts, knowledge) >= n["qtc.critical"]:
            return True
    return drugs and x < n["qt_drug.magnesium_below"]


def is_current(condition: Condition | None, facts: Facts, knowledge: Knowledge) -> bool:
    """Whether an emergency is of the last 24 hours or began in this stay; an undated one is history."""
    if condition is None or condition.since is None:
        return False
    recent = timedelta(hours=knowledge.numbers["emergency.hours"])
    if facts.now - condition.since <= recent:
        return True
    return facts.inpatient and facts.encounter_start is not None and condition.since >= facts.encounter_start
