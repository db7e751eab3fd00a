"""What the renal state says to a drafted magnesium order, by what it is for (hard stops; clinical rules 1.5, 2.1)."""

from collections.abc import Iterator
from typing import NamedTuple

from cards.chart import Chart
from cards.chart.fhir import objects
from cards.judgements import assess, indication, order_measures
from cards.judgements.indication import Reason
from cards.model import Indicator, MagnesiumKind, Medication, RenalGate, Route

_INFO, _WARNING, _CRITICAL = Indicator.INFO, Indicator.WARNING, Indicator.CRITICAL


class Verdict(NamedTuple):
    """How grave, which line, and whether the draft is to be removed or changed."""

    indicator: Indicator
    say: str
    remove: bool = False
    change: bool = False


def raisers(chart: Chart) -> tuple[str, ...]:
    """What is taken that may raise magnesium."""
    return tuple(dict.fromkeys(name for m in chart.taking("raises_mg") for name in m.ingredients("raises_mg")))


# -- magnesium into a vein or muscle -----------------------------------------------------------------------------------
def into_a_vein(draft: Medication, reason: Reason, chart: Chart) -> Iterator[Verdict]:
    """By the row of the renal state; below 18 only the stops, the dose is a matter of paediatrics."""
    judge = {"obstetric": _obstetric, "own": _own, "one_small": _one_small, "deficiency": _deficiency}
    child = assess.is_child(chart) and reason.indication.child != "adult"
    found = judge[reason.indication.kidneys](draft, chart)
    yield from (v for v in found if not child or v.remove)


def _deficiency(draft: Medication, chart: Chart) -> Iterator[Verdict]:
    gate = chart.renal.of_drafts
    if gate is RenalGate.R3:
        yield Verdict(_CRITICAL, "dialysis", remove=True)
    elif gate is RenalGate.R2:
        if _is_too_much(draft, chart):
            yield Verdict(_WARNING, "iv", change=True)
        if raisers(chart):
            yield Verdict(_WARNING, "raisers")
    elif gate is RenalGate.R1 and chart.above(_day(draft, chart), "ceiling.iv_grams_24h.r1"):
        yield Verdict(_INFO, "reduced")
    elif gate is RenalGate.R5 and chart.above(_drafted(draft), "review.crrt.grams"):
        yield Verdict(_WARNING, "crrt")
    if chart.renal.gate is RenalGate.R4:
        yield Verdict(_INFO, "unknown")


def _is_too_much(draft: Medication, chart: Chart) -> bool:
    """More than 2 g a course or 0.5 g/h; a dose or rate that is not told is asked for elsewhere."""
    rate = order_measures.measure("rate", (draft,), chart)
    return bool(chart.above(_drafted(draft), "ceiling.iv_grams_course.r2") or chart.above(rate, "ceiling.iv_rate.r2"))


def _drafted(draft: Medication) -> float | None:
    grams = draft.magnesium.grams if draft.magnesium else None
    return None if grams is None else round(grams, 1)


def _day(draft: Medication, chart: Chart) -> float | None:
    return order_measures.measure("day", (draft,), chart)


def _own(draft: Medication, chart: Chart) -> Iterator[Verdict]:
    """An emergency: 2 g once in R2 (digoxin toxicity 1 g), 1 g in R3, as we suggest it ourselves; never removed."""
    digoxin = indication.reason_of(draft, chart).indication.id == "digoxin_toxicity"
    if chart.renal.gate is RenalGate.R3 and not chart.at_most(_drafted(draft), "review.emergency.r3"):
        yield Verdict(_WARNING, "emergency_r3")
    elif chart.renal.of_drafts is RenalGate.R2:
        most = "review.emergency.r3" if digoxin else "ceiling.iv_grams_course.r2"
        if chart.above(_drafted(draft), most):
            yield Verdict(_WARNING, "digoxin_r2" if digoxin else "emergency_r2")


def _one_small(draft: Medication, chart: Chart) -> Iterator[Verdict]:
    """One dose of at most 2 g: asthma may have it whatever the kidneys, the others not in R3."""
    asthma = indication.reason_of(draft, chart).indication.id == "asthma"
    more = chart.above(_drafted(draft), "review.one_small.grams")
    if chart.renal.gate is RenalGate.R3:
        yield Verdict(_WARNING, "one_dose_r3") if asthma else Verdict(_CRITICAL, "dialysis", remove=True)
    elif chart.renal.of_drafts is RenalGate.R2 and (more or asthma):
        yield Verdict(_WARNING if more else _INFO, "one_dose")
    elif chart.renal.gate is RenalGate.R4 and not asthma:
        yield Verdict(_INFO, "unknown")


def _obstetric(draft: Medication, chart: Chart) -> Iterator[Verdict]:
    """The loading dose as usual; what maintains by the kidneys."""
    steps = order_measures.steps((draft,))
    maintains = bool(order_measures.steady(steps, chart))
    rate = order_measures.measure("steady_rate", (draft,), chart)
    load = order_measures.measure("load", (draft,), chart)
    if chart.renal.gate is RenalGate.R3:
        if maintains:
            yield Verdict(_CRITICAL, "no_maintenance")
        elif load is not None:
            yield Verdict(_WARNING, "load_only")
    elif chart.renal.of_drafts is RenalGate.R2 and maintains:
        yield Verdict(_WARNING, "maintenance_r2")
    elif maintains and slow_obstetric_magnesium(chart):
        fast = chart.above(rate, "review.obstetric.rate.kidneys")
        yield Verdict(_INFO, "maintenance" if fast else "maintenance_level")


def slow_obstetric_magnesium(chart: Chart) -> bool:
    """By creatinine; by eGFR only where no creatinine is told: its equations do not hold in pregnancy."""
    creatinine = chart.results.get("creatinine")
    if creatinine is not None:
        # as a laboratory prints it: 97 umol/L are 1.10 mg/dL, not 1.097
        return bool(chart.at_least(round(creatinine.value, 2), "review.obstetric.creatinine"))
    return bool(chart.below(chart.renal.egfr, "egfr.r0"))


# -- magnesium by mouth, and what holds some ---------------------------------------------------------------------------
def by_mouth(draft: Medication, chart: Chart) -> Iterator[Verdict]:
    """Replacement by mouth."""
    gate, adult = chart.renal.of_drafts, not assess.is_child(chart)
    amount = draft.magnesium.elemental_mg_per_day if draft.magnesium else None
    if gate is RenalGate.R3:
        yield Verdict(_CRITICAL, "dialysis_oral", remove=True)
    elif gate is RenalGate.R2 and adult:
        if chart.above(amount, "ceiling.oral_mg.r2"):
            yield Verdict(_WARNING, "oral", change=True)
        if raisers(chart):
            yield Verdict(_WARNING, "raisers")
    if chart.renal.gate is RenalGate.R4 and adult:
        yield Verdict(_INFO, "unknown")


def of_source(draft: Medication, chart: Chart) -> Iterator[Verdict]:
    """Laxatives, antacids and bowel preparations; dialysate and fluids are none of it, nutrition is to be looked at."""
    kind = draft.magnesium.kind if draft.magnesium else None
    if kind is MagnesiumKind.NUTRITION:
        if chart.renal.gate is RenalGate.R3:
            yield Verdict(_INFO, "nutrition")
    elif kind is not MagnesiumKind.DIALYSATE and draft.route is not Route.INTRAVENOUS:
        yield from _by_gut(draft, kind, chart)


def _by_gut(draft: Medication, kind: MagnesiumKind | None, chart: Chart) -> Iterator[Verdict]:
    if chart.renal.gate is RenalGate.R3:
        yield Verdict(_CRITICAL, "dialysis_oral", remove=True)
    elif chart.renal.of_drafts is RenalGate.R2 and is_picosulfate(draft, chart):
        yield Verdict(_CRITICAL, "picosulfate", remove=True)
    elif chart.renal.of_drafts is RenalGate.R2 and kind is MagnesiumKind.BOWEL_PREPARATION:
        yield Verdict(_WARNING, "bowel")
    elif chart.renal.of_drafts is RenalGate.R2 and not _is_as_needed(draft, chart):
        yield Verdict(_WARNING, "laxative")


def is_picosulfate(draft: Medication, chart: Chart) -> bool:
    """A bowel preparation of sodium picosulfate with magnesium, by its words."""
    return bool(chart.knowledge.indications.picosulfate.search(" ".join(indication.order_words(draft, chart))))


def _is_as_needed(draft: Medication, chart: Chart) -> bool:
    told = objects(indication.raw(draft, chart), "dosageInstruction")
    worded = chart.knowledge.indications.as_needed.search(" ".join(indication.order_words(draft, chart)))
    return bool(worded) or any(d.get("asNeededBoolean") is True or d.get("asNeededCodeableConcept") for d in told)
