"""What makes low magnesium dangerous: potassium, calcium, QTc, drugs, illnesses (clinical rules s.3, 4.4, 5)."""

from collections.abc import Iterable
from datetime import datetime

from cards.chart import Because, Chart, any_of, because, once
from cards.judgements import calcium, given, potassium, toxicity
from cards.model import Band, Condition, Indicator, Medication, Setting


def low_potassium_is_urgent(chart: Chart) -> bool:
    """Very low, falling, or beside a long QTc, a torsades-risk drug, digoxin or an arrhythmia (s.3, RSK-K)."""
    heart = bool(qtc_is_long(chart)) or bool(qt_drugs(chart)) or takes_digoxin(chart) or chart.has("arrhythmia")
    return heart or bool(potassium.is_very_low(chart)) or potassium.is_falling(chart)


@once
def qtc(chart: Chart) -> float | None:
    """The latest fresh QTc in ms, as far as the site believes it."""
    n, found = chart.numbers, chart.results.get("qtc")
    return found.value if found and n["qtc.plausible_min"] <= found.value <= n["qtc.plausible_max"] else None


def qtc_is_long(chart: Chart) -> Because:
    """Long for men, or for women and where the sex is not known."""
    who = "male" if chart.sex == "male" else "female"
    return chart.at_least(qtc(chart), f"qtc.long.{who}")


def qtc_is_critical(chart: Chart) -> Because:
    """So long that it is critical beside low magnesium."""
    return chart.at_least(qtc(chart), "qtc.critical")


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
    words = chart.knowledge.words
    found = [words.say("dangers.qt_drug", drug=name) for name in qt_drugs(chart)]
    found += [words.say("dangers.digoxin")] * takes_digoxin(chart)
    found += [words.say("dangers.qtc", qtc=qtc(chart))] if qtc_is_long(chart) else []
    found += dict.fromkeys(c.name for c in (*chart.among("dangerous"), *emergency_of_late(chart)))
    found += [words.say("dangers.potassium")] if potassium.is_low(chart) else []
    found += [words.say("dangers.calcium")] if calcium.is_low(chart) else []
    return tuple(found)


def has_symptoms(chart: Chart) -> bool:
    """Weakness, cramps, tremor, paraesthesia or confusion on record."""
    return "symptom" in chart.conditions


def signs_of_toxicity(chart: Chart) -> tuple[str, ...]:
    """Arrhythmia, seizure, failing breath or pressure of now: with high magnesium nobody is free of symptoms.

    What was measured is one only where magnesium may have made it.
    """
    undated = [state for state in chart.among("toxic_states") if state.since is None]
    recorded = [sign for sign in chart.among("toxic_signs") if not sign.measured]
    found = tuple(sign.name for sign in recorded if sign in undated or began_in_this_stay(sign, chart))
    return (*toxicity.signs_of_magnesium(chart), *found)


def high_is_mild(x: float, chart: Chart) -> bool:
    """High magnesium that only informs: little above normal, with healthy kidneys and no symptoms (s.1.1)."""
    if has_symptoms(chart) or signs_of_toxicity(chart) or toxicity.signs(chart):
        return False
    mild = chart.below(x, "band.high_is_mild_below")
    return bool(chart.of_parts(mild and chart.at_least(chart.renal.egfr, "egfr.r0"), mild))


def is_usual_before_dialysis(x: float, chart: Chart) -> bool:
    """As high as before any session of dialysis, without symptoms (s.1.6)."""
    if "dialysis" not in chart.conditions or has_symptoms(chart) or signs_of_toxicity(chart):
        return False
    if toxicity.signs(chart):
        return False
    return bool(chart.below(x, "band.high_before_dialysis_below"))


def is_expected_on_dialysis(x: float, chart: Chart) -> bool:
    """Mildly high while dialysis is ordered or was done of late: nothing to say (s.1.6)."""
    known = chart.dialysis_goes_on and is_usual_before_dialysis(x, chart)
    return known and bool(chart.below(x, "band.high_is_mild_below"))


def dangers_with_qt_drug(x: float, chart: Chart, several: bool = True) -> tuple[str, ...]:
    """Severe, potassium very low, QTc critically long, two known-risk drugs, torsades now: each is critical (s.5).

    `several`: whether a second such drug counts.
    """
    checks = {
        "severe": is_severe(x, chart),
        "potassium": potassium.is_very_low(chart),
        "qtc": qtc_is_critical(chart),
        "two drugs": several and len(qt_drugs(chart)) > 1,
        "torsades": had_torsades_lately(chart),
    }
    return tuple(name for name, applies in checks.items() if applies)


def is_severe(x: float, chart: Chart) -> Because:
    """Severely or critically low."""
    return chart.below(x, "band.severe")


def had_torsades_lately(chart: Chart) -> bool:
    """Torsades now, or so lately that it raises goal and urgency (s.2.3, 4.4)."""
    found = chart.conditions.get("torsades")
    since = found.since if found else None
    return since is not None and bool(chart.at_most(chart.hours_since(since), "emergency.recent_hours"))


def may_be_too_low_for_the_heart(chart: Chart) -> bool:
    """Whether the level alone leaves that open, whatever is taken."""
    m = chart.current
    return m is not None and bool(
        is_too_low_for_a_risky_drug(m.x, chart) or chart.below(m.x, "suboptimal.high_risk_below")
    )


def is_too_low_for_the_heart(x: float, chart: Chart) -> Because:
    """Low-normal where that is a risk, or low on a QT drug."""
    on_qt_drug = is_too_low_for_a_risky_drug(x, chart) if qt_drugs(chart) else because("no torsades-risk drug")
    return low_normal_is_risky(x, chart) or on_qt_drug


def is_too_low_for_a_risky_drug(x: float, chart: Chart) -> Because:
    """Too low to start or go on with digoxin or a QT drug."""
    return chart.below(x, "qt_drug.magnesium_below")


def low_normal_is_risky(x: float, chart: Chart) -> Because:
    """With torsades of late, a critically long QTc, or low potassium beside digoxin or a QT drug."""
    below = chart.below(x, "suboptimal.high_risk_below")
    if not below or had_torsades_lately(chart):
        return below
    drugs = bool(qt_drugs(chart)) or takes_digoxin(chart)
    too_low = potassium.is_low(chart) if drugs else because("no digoxin or torsades-risk drug")
    return chart.of_parts(any_of(too_low, qtc_is_critical(chart)), below)


def happened_lately(when: datetime, chart: Chart) -> Because:
    """Whether something is as recent as an emergency must be."""
    return chart.at_most(chart.hours_since(when), "emergency.hours")


def is_current(condition: Condition | None, chart: Chart) -> bool:
    """Whether an emergency is of these hours; without a date only as the diagnosis of a stay as young (s.2.3)."""
    if condition is None:
        return False
    since = condition.since or (chart.encounter_start if condition.of_this_stay else None)
    return since is not None and bool(happened_lately(since, chart))


def began_in_this_stay(condition: Condition, chart: Chart) -> bool:
    """Whether it is of these hours or of the stay in hospital that still lasts."""
    if condition.since is None or is_current(condition, chart):
        return is_current(condition, chart)
    return chart.inpatient and chart.encounter_start is not None and condition.since >= chart.encounter_start


@once
def emergency_of_late(chart: Chart) -> tuple[Condition, ...]:
    """Emergencies too old to be treated as such, and recent enough to raise goal and urgency."""
    return tuple(c for c in chart.among("emergencies") if _is_of_late(c, chart))


def _is_of_late(condition: Condition, chart: Chart) -> bool:
    if condition.since is None or is_current(condition, chart):
        return False
    return bool(chart.at_most(chart.hours_since(condition.since), "emergency.recent_hours"))


def of_severe(chart: Chart) -> Indicator:
    """How urgent a severely low level is, before what raises or lowers it (s.1.1)."""
    urgent = chart.inpatient or chart.setting is Setting.UNKNOWN
    return Indicator.CRITICAL if urgent or has_symptoms(chart) or named(chart) else Indicator.WARNING


def stale_urgency(band: Band, chart: Chart) -> Indicator:
    """Of a result to be repeated first: a step below its band, never below info; critically low stays critical."""
    if band is Band.CRITICAL_LOW:
        return Indicator.CRITICAL
    usual = of_severe(chart) if band is Band.SEVERE else Indicator.WARNING
    return Indicator(max(urgency(usual, chart) - 1, Indicator.INFO))


def urgency(usual: Indicator, chart: Chart) -> Indicator:
    """The indicator of a band: a step up after a recent emergency, a step down while a charted dose treats it."""
    step = bool(emergency_of_late(chart)) - given.lowers_urgency(chart)
    return Indicator(min(max(usual + step, Indicator.INFO), Indicator.CRITICAL))
