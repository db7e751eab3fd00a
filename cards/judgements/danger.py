"""What makes low magnesium dangerous: potassium, calcium, QTc, drugs, illnesses (clinical rules s.3, 4.4, 5)."""

from collections.abc import Iterable
from datetime import timedelta

from cards.chart import Chart, once
from cards.model import Condition, Medication

LOW_CALCIUM = "low calcium"


def potassium(chart: Chart) -> float | None:
    """The latest fresh potassium, mmol/L."""
    found = chart.results.get("potassium")
    return found.value if found else None


def potassium_is_low(chart: Chart) -> bool:
    """Below 3.5 mmol/L."""
    value = potassium(chart)
    return value is not None and chart.below(value, "potassium.low")


def potassium_goal(chart: Chart) -> str:
    """What is to be said of potassium beside magnesium: its goal, unless that is known to be reached."""
    value, goal = potassium(chart), chart.numbers["target.potassium"]
    return "" if value is not None and value >= goal else f" and potassium to at least {goal:.1f} mmol/L"


def potassium_is_refractory(chart: Chart) -> bool:
    """Still low although potassium was ordered a day ago or earlier."""
    hours = chart.numbers["potassium.refractory_hours"]
    replaced = any(m.is_potassium and m.since and chart.hours_since(m.since) >= hours for m in chart.active)
    return potassium_is_low(chart) and replaced


def corrected_calcium(chart: Chart) -> float | None:
    """Calcium corrected for albumin in mg/dL; as reported where albumin is not known."""
    n = chart.numbers
    reported = chart.results.get("calcium_corrected")
    if reported:
        return reported.value
    total, albumin = chart.results.get("calcium"), chart.results.get("albumin")
    if total is None:
        return None
    missing = n["albumin.reference"] - albumin.value if albumin else 0.0
    return round(total.value + n["calcium.per_albumin"] * missing / 10, 2)


def calcium_is_low(chart: Chart) -> bool:
    """Corrected calcium below 8.4 mg/dL."""
    value = corrected_calcium(chart)
    return value is not None and chart.below(value, "calcium.low")


@once
def qtc(chart: Chart) -> float:
    """The latest plausible QTc in ms; 0 when there is none."""
    n, found = chart.numbers, chart.results.get("qtc")
    return found.value if found and n["qtc.plausible_min"] <= found.value <= n["qtc.plausible_max"] else 0.0


def qtc_is_long(chart: Chart) -> bool:
    """At least 470 ms (men) or 480 ms (women and unknown sex)."""
    who = "male" if chart.sex == "male" else "female"
    return chart.at_least(qtc(chart), f"qtc.long.{who}")


@once
def qt_drugs(chart: Chart) -> tuple[str, ...]:
    """The ingredients with a known risk of torsades, chosen or taken, each once however often it is ordered."""
    return tuple(dict.fromkeys((*qt_names(chart.chosen), *qt_names(chart.taking("qt_risk")))))


def qt_names(medications: Iterable[Medication]) -> tuple[str, ...]:
    """The ingredients of some medicines that have a known risk of torsades."""
    return tuple(dict.fromkeys(name for m in medications for name in m.ingredients("qt_risk")))


@once
def takes_digoxin(chart: Chart) -> bool:
    """Digoxin, taken or being ordered."""
    return bool(chart.taking("digitalis")) or any(m.has_role("digitalis") for m in chart.chosen)


@once
def named(chart: Chart) -> tuple[str, ...]:
    """What makes low magnesium dangerous here (clinical rule s.4.4), in words for the card."""
    found = [f"{name} (QT risk)" for name in qt_drugs(chart)]
    found += ["digoxin"] * takes_digoxin(chart)
    found += [f"QTc {qtc(chart):.0f} ms"] * qtc_is_long(chart)
    found += [illness.name for illness in chart.among("dangerous")]
    found += ["low potassium"] * potassium_is_low(chart)
    found += [LOW_CALCIUM] * calcium_is_low(chart)
    return tuple(found)


def has_symptoms(chart: Chart) -> bool:
    """Weakness, cramps, tremor, paraesthesia or confusion on record."""
    return "symptom" in chart.conditions


def signs_of_toxicity(chart: Chart) -> tuple[str, ...]:
    """Arrhythmia, seizure, failing breath or pressure of now: with high magnesium nobody is free of symptoms."""
    undated = [state for state in chart.among("toxic_states") if state.since is None]
    return tuple(sign.name for sign in chart.among("toxic_signs") if sign in undated or is_current(sign, chart))


def high_is_mild(x: float, chart: Chart) -> bool:
    """High magnesium that only informs: below 1.25 mmol/L, eGFR of 60 or more, no symptoms (s.1.1)."""
    egfr = chart.renal.egfr
    well = not has_symptoms(chart) and not signs_of_toxicity(chart)
    return chart.below(x, "band.high_is_mild_below") and egfr is not None and chart.at_least(egfr, "egfr.r0") and well


def dangers_with_qt_drug(x: float, chart: Chart) -> tuple[str, ...]:
    """Severe, potassium below 3.0, QTc of 500 ms, two known-risk drugs, torsades now: each is critical (s.5)."""
    k = potassium(chart)
    checks = {
        "severe": chart.below(x, "band.severe"),
        "potassium": k is not None and chart.below(k, "potassium.very_low"),
        "qtc": chart.at_least(qtc(chart), "qtc.critical"),
        "two drugs": len(qt_drugs(chart)) > 1,
        "torsades": had_torsades_lately(chart),
    }
    return tuple(name for name, applies in checks.items() if applies)


def had_torsades_lately(chart: Chart) -> bool:
    """Torsades now, or within the time a QTc counts (30 days)."""
    found = chart.conditions.get("torsades")
    since = found.since if found else None
    return since is not None and chart.at_most(chart.hours_since(since), "fresh.qtc")


def is_too_low_for_the_heart(x: float, chart: Chart) -> bool:
    """Low-normal with digoxin or a QT drug and low potassium, with QTc of 500 ms, or below 0.74 on a QT drug."""
    drugs = bool(qt_drugs(chart))
    if chart.below(x, "suboptimal.high_risk_below"):
        if "torsades" in chart.conditions:
            return True
        low_potassium = (drugs or takes_digoxin(chart)) and potassium_is_low(chart)
        if low_potassium or chart.at_least(qtc(chart), "qtc.critical"):
            return True
    return drugs and chart.below(x, "qt_drug.magnesium_below")


def is_current(condition: Condition | None, chart: Chart) -> bool:
    """Whether an emergency is of the last 24 hours or began in this stay; an undated one is history."""
    if condition is None or condition.since is None:
        return False
    recent = timedelta(hours=chart.numbers["emergency.hours"])
    if chart.now - condition.since <= recent:
        return True
    return chart.inpatient and chart.encounter_start is not None and condition.since >= chart.encounter_start
