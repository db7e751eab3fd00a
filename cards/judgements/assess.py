"""Judgements that several rules share: emergencies, what forbids a level or route, what may be offered."""

from cards.chart import Because, Chart, because, inputs, once
from cards.chart.bands import band_of
from cards.judgements import airway, danger, given, ionised, phosphate
from cards.model import LOW_BANDS, SEVERE_BANDS, Band, Freshness, Magnesium, RenalGate

_EGFR_LIMITS = ("egfr.r2", "egfr.r1", "egfr.r0")
# from which threshold to which, as far as there is one
_BANDS = {
    Band.CRITICAL_LOW: ("", "band.critical_low"),
    Band.SEVERE: ("band.critical_low", "band.severe"),
    Band.MODERATE: ("band.severe", "band.moderate"),
    Band.MILD: ("band.moderate", ""),
}


def is_child(chart: Chart) -> bool:
    """A child, as far as known."""
    return chart.is_adult is False


@once
def emergency(chart: Chart) -> str | None:
    """torsades (at any level), or with low magnesium: arrhythmia, seizure; with one of now: qtc, digoxin; else None."""
    if is_child(chart):
        return None
    if danger.is_current(chart.conditions.get("torsades"), chart):
        return None if chart.is_high else "torsades"
    low = trusted_low(chart)
    if low is None or low.superseded:
        return None
    of_now = not must_repeat_first(low, chart)
    kinds = {
        "arrhythmia": danger.is_current(chart.conditions.get("ventricular_arrhythmia"), chart),
        "seizure": _has_convulsion(chart),
        "qtc": of_now and _has_critical_qtc_today(chart),
        "digoxin": of_now and _has_digoxin_toxicity(chart),
    }
    return next((kind for kind, applies in kinds.items() if applies), None)


def _has_convulsion(chart: Chart) -> bool:
    """A seizure or tetany of now; in pre-eclampsia it is eclampsia, which the obstetric protocol treats."""
    return any(danger.is_current(c, chart) for c in chart.among("convulsion")) and not chart.has("pre_eclampsia")


def _has_critical_qtc_today(chart: Chart) -> bool:
    found = chart.results.get("qtc")
    today = found is not None and danger.happened_lately(found.when, chart)
    return bool(today and danger.qtc_is_critical(chart))


def _has_digoxin_toxicity(chart: Chart) -> bool:
    """On record of now, whether or not digoxin is still on the list: it is stopped first of all."""
    toxic = danger.is_current(chart.conditions.get("digoxin_toxicity"), chart)
    return toxic and "av_block" not in chart.conditions


def level_forbids(chart: Chart) -> bool:
    """A high result of now forbids magnesium by mouth (s.1.6)."""
    return bool(chart.is_high and chart.is_fresh)


def on_obstetric_magnesium(chart: Chart) -> bool:
    """Magnesium sulfate for pre-eclampsia or in pregnancy: high levels are intended (clinical rule s.1.5)."""
    if chart.has("obstetric") and given.iv_magnesium_lately(chart):
        return True
    lists = chart.not_known | chart.cut
    unlisted = bool(lists & {inputs.MEDICATIONS, inputs.ADMINISTRATIONS}) or chart.unread_infusions > 0
    return unlisted and may_be_on_obstetric_magnesium(chart)


def high_is_unintended(chart: Chart) -> bool:
    """A high result that no obstetric treatment aims at."""
    m = chart.current
    intended = on_obstetric_magnesium(chart) or may_be_on_obstetric_magnesium(chart)
    return m is not None and m.plausible and not intended and bool(chart.is_high)


def is_obstetric(chart: Chart) -> bool:
    """A pregnancy or pre-eclampsia: levels may be intended that are high elsewhere."""
    return chart.has("obstetric")


def may_be_on_obstetric_magnesium(chart: Chart) -> bool:
    """Pre-eclampsia and no word of magnesium: an infusion of the labour ward may not be on the lists."""
    return (
        chart.has("pre_eclampsia")
        and not given.oral_magnesium(chart)
        and not any(map(given.is_iv_replacement, chart.holding_magnesium))
    )


@once
def trusted_low(chart: Chart) -> Magnesium | None:
    """A low result of an adult that may be treated."""
    return chart.low if is_to_be_treated(chart) else None


@once
def is_to_be_treated(chart: Chart) -> Because:
    """Whether a low result of an adult may be treated: plausible and not contaminated."""
    if chart.is_low and is_child(chart):
        return because("a child: the rule of children speaks")
    return is_trustworthy(chart)


@once
def is_trustworthy(chart: Chart) -> Because:
    """Whether magnesium is low, and the result possible and not of a contaminated tube."""
    low = chart.low
    if low is None:
        return chart.is_low
    if not low.plausible:
        return because("the result is not plausible")
    return because("the tube may be contaminated") if is_contaminated(chart) else chart.is_low


@once
def is_contaminated(chart: Chart) -> Because:
    """Low magnesium with very high potassium and very low calcium of the same draw: K-EDTA or oxalate in the tube."""
    low, potassium, calcium = chart.low, chart.results.get("potassium"), chart.results.get("calcium")
    if low is None:
        return chart.is_low
    if potassium is None or calcium is None:
        return because("potassium or calcium is not known")
    apart = max(abs((r - low.when).total_seconds()) / 3600 for r in (potassium.when, calcium.when))
    together = chart.at_most(apart, "contamination.same_draw")
    high = together and chart.at_least(potassium.value, "contamination.potassium")
    return chart.of_parts(high and chart.at_most(calcium.value, "contamination.calcium"), together, high)


@once
def kidneys_limit(chart: Chart) -> Because:
    """Whether the kidneys allow less magnesium than healthy ones: by eGFR, else by what is on record."""
    egfr = chart.renal.egfr
    by_egfr = next((below for limit in _EGFR_LIMITS if (below := chart.below(egfr, limit))), None)
    healthy = chart.renal.gate is RenalGate.R0
    return by_egfr or (chart.below(egfr, _EGFR_LIMITS[-1]) if healthy else Because(True, chart.renal.reason))


def magnesium_raisers(chart: Chart) -> tuple[str, ...]:
    """The ingredients taken that raise magnesium where the kidneys are poor."""
    return tuple(dict.fromkeys(name for m in chart.taking("raises_mg") for name in m.ingredients("raises_mg")))


def cannot_take_oral(chart: Chart) -> bool:
    """Vomiting, bowel obstruction, nil by mouth; paralysed or ventilated without a tube."""
    return chart.has("no_oral") or airway.cannot_swallow(chart)


def avoids_oral(chart: Chart) -> bool:
    """A medicine is taken with which no oral magnesium may be given at any interval."""
    binding = (r for m in chart.taking("chelation_interaction") for r in m.roles if r.role == "chelation_interaction")
    return any(r.avoid and not r.ph_only for r in binding)


def loses_magnesium(chart: Chart) -> bool:
    """A loss or shift that goes on (s.7): gut, ketoacidosis, hungry bone, pancreatitis, burns; diuresis in hospital."""
    diuresis = chart.inpatient and "diuretic" in chart.drug_groups
    return has_gut_loss(chart) or chart.has("ongoing_loss") or diuresis


def is_refed(chart: Chart) -> bool:
    """Refeeding, malnourished and fed in hospital, or artificially fed of late with a low level (RSK-REFEED)."""
    return bool(phosphate.is_refed(chart)) or chart.has("refeeding") or (chart.inpatient and chart.has("malnutrition"))


def has_gut_loss(chart: Chart) -> bool:
    """Diarrhoea, inflammatory bowel disease or malabsorption."""
    return chart.has("gut_loss")


def dose_may_be_offered(chart: Chart) -> bool:
    """An adult of known age with a result that may be dosed by, not obstetric; no IV magnesium that forbids it."""
    m = trusted_low(chart)
    if m is None or chart.is_adult is not True or "pre_eclampsia" in chart.conditions or ionised.explains(chart):
        return False
    return not must_repeat_first(m, chart) and not given.holds_dose(chart)


def is_to_be_repeated(chart: Chart) -> Because:
    """Whether the magnesium result is too old to dose by, or a later one cannot be read."""
    m = chart.current
    if m is None or chart.is_fresh:
        return because("the magnesium result is of now") if m else chart.is_known
    if not must_repeat_first(m, chart):
        return because("so low that it is treated at this age too, in hospital")
    return Because(True) if m.superseded else chart.is_old


def must_repeat_first(magnesium: Magnesium, chart: Chart) -> bool:
    """Too old to dose by; in hospital a critically low one is treated all the same (clinical rule s.0.6)."""
    urgent = chart.inpatient and x_is_critical(magnesium, chart) and not magnesium.superseded
    return magnesium.freshness is not Freshness.ACTIONABLE and not urgent


def is_doubtful(magnesium: Magnesium, chart: Chart) -> bool:
    """Impossible, or from a contaminated tube: to be repeated before anything is concluded."""
    return not magnesium.plausible or bool(is_contaminated(chart))


def x_is_critical(magnesium: Magnesium, chart: Chart) -> bool:
    """Critically low."""
    return magnesium.x < chart.numbers["band.critical_low"]


def dose_band(low: Magnesium, chart: Chart) -> Band | None:
    """The band to dose by: of two values of one time that of the milder, None where that is not low (s.0.5)."""
    if low.also is None:
        return low.band
    milder = band_of(max(low.x, low.also), low.lower_limit, low.upper_limit, chart.numbers)
    return milder if milder in LOW_BANDS else None


def is_severe_band(band: Band) -> bool:
    """Severely or critically low."""
    return band in SEVERE_BANDS


def is_of_band(band: Band, chart: Chart) -> Because:
    """Whether the rule of a band speaks: a low result of this band that may be treated now, and no emergency."""
    if emergency(chart):
        return because("the emergency rule speaks")
    low = trusted_low(chart)
    if low is None:
        return is_to_be_treated(chart)
    if must_repeat_first(low, chart):
        return because("the result must be repeated first")
    return lies_in(band, low.x, chart)


def lies_in(band: Band, x: float, chart: Chart) -> Because:
    """Whether a low value lies in a band."""
    lower, upper = _BANDS[band]
    too_low = chart.below(x, lower) if lower else because("")
    if too_low:
        return because(too_low.why)
    return chart.below(x, upper) if upper else chart.is_low
