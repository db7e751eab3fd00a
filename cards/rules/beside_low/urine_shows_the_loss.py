"""Does the urine say where magnesium is lost?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.model import Indicator, Problem, RenalGate, Result, Route, Say

_SPOT = ("femg.extrarenal_below", "femg.renal_above", "femg.filterable", "femg.min_egfr")
_DAY = ("urine_24h.renal_above", "femg.min_egfr")


@rule(Problem.LOW_MAGNESIUM, adds=True)
def urine_shows_the_loss(chart: Chart) -> Say | Because:
    """By fractional excretion (s.7): below 2 % gut, above 4 % kidney; else by the urine of a day: 1 mmol."""
    spot, day = fractional_excretion(chart), chart.results.get("urine_magnesium_24h")
    if spot is not None:
        where = (
            "renal"
            if chart.above(spot, "femg.renal_above")
            else "gut"
            if chart.below(spot, "femg.extrarenal_below")
            else "between"
        )
        return _found(where, {"femg": f"{spot:.1f}%"}, _SPOT)
    if day is None or chart.low is None or not _is_valid(chart, day, collected=24):
        return because("no urine with a low serum magnesium, eGFR below 30, or IV magnesium before it")
    where = "renal_24h" if chart.above(day.value, "urine_24h.renal_above") else "gut_24h"
    return _found(where, {"urine_24h": day.shown}, _DAY)


def _found(where: str, values: dict[str, str], numbers: tuple[str, ...]) -> Say:
    return Say(
        Indicator.INFO,
        (where, "work_up") if where.startswith("renal") else (where,),
        values=values,
    )


def fractional_excretion(chart: Chart) -> float | None:
    """FEMg in %, from spot urine and serum of low magnesium; None where it would mislead."""
    names = ("urine_magnesium", "urine_creatinine", "creatinine")
    urine, urine_creatinine, creatinine = (chart.results.get(name) for name in names)
    if not (urine and urine_creatinine and creatinine and chart.low) or not _is_valid(chart, urine):
        return None
    serum = chart.results["magnesium"].value if "magnesium" in chart.results else chart.low.x
    filtered = chart.numbers["femg.filterable"] * serum * urine_creatinine.value
    return urine.value * creatinine.value / filtered * 100 if filtered > 0 else None


def _is_valid(chart: Chart, urine: Result, collected: float = 0) -> bool:
    """Kidneys steady enough, and no IV magnesium in the day before the urine or in the hours it was collected."""
    egfr = chart.renal.egfr
    if egfr is None or chart.below(egfr, "femg.min_egfr") or chart.renal.gate is RenalGate.R3:
        return False
    before = (chart.numbers["duplicate.iv_hours"] + collected) * 3600
    given = [m.until or m.since for m in chart.medications or () if m.magnesium and m.route is Route.INTRAVENOUS]
    return not any(g and -collected * 3600 <= (urine.when - g).total_seconds() < before for g in given)
