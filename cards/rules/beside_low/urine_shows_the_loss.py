"""Does the urine say where magnesium is lost?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.model import Indicator, Magnesium, Problem, RenalGate, Result, Route, Say

_COLLECTED = 24  # hours of a 24-hour urine
_SPOT = ("urine_magnesium", "urine_creatinine", "creatinine")


@rule(Problem.LOW_MAGNESIUM, adds=True)
def urine_shows_the_loss(chart: Chart) -> Say | Because:
    """By fractional excretion (s.7), or by the urine of a day: little points to the gut, much to the kidneys."""
    spot = fractional_excretion(chart)
    if spot is not None:
        return _found(_by_fraction(spot, chart), {"femg": f"{spot:.1f}%"})
    day = chart.results.get("urine_magnesium_24h")
    if chart.low is None or day is None:
        return because("no urine that tells, with a low magnesium") if chart.low else chart.is_low
    return _may_tell(chart, day, _COLLECTED) and _found(_by_day(day.value, chart), {"urine_24h": day.shown})


def _found(where: str, values: dict[str, str]) -> Say:
    return Say(Indicator.INFO, (where, "work_up") if where.startswith("renal") else (where,), values=values)


def _by_fraction(spot: float, chart: Chart) -> str:
    if chart.above(spot, "femg.renal_above"):
        return "renal"
    return "gut" if chart.below(spot, "femg.extrarenal_below") else "between"


def _by_day(lost: float, chart: Chart) -> str:
    return "renal_24h" if chart.above(lost, "urine_24h.renal_above") else "gut_24h"


def fractional_excretion(chart: Chart) -> float | None:
    """FEMg in %, from spot urine and serum of low magnesium; None where it would mislead."""
    found = [chart.results[name] for name in _SPOT if name in chart.results]
    if len(found) < len(_SPOT) or chart.low is None or not _may_tell(chart, found[0]):
        return None
    urine, urine_creatinine, creatinine = (result.value for result in found)
    filtered = chart.numbers["femg.filterable"] * _serum(chart.low, chart) * urine_creatinine
    return urine * creatinine / filtered * 100 if filtered > 0 else None


def _serum(low: Magnesium, chart: Chart) -> float:
    return chart.results["magnesium"].value if "magnesium" in chart.results else low.x


def _may_tell(chart: Chart, urine: Result, collected: float = 0) -> Because:
    """Kidneys steady enough, and no IV magnesium in the day before the urine or in the hours it was collected."""
    if chart.renal.gate is RenalGate.R3:
        return because(chart.renal.reason)
    if _follows_iv_magnesium(chart, urine, collected):
        return because("IV magnesium was given before or while the urine was collected")
    return chart.at_least(chart.renal.egfr, "femg.min_egfr")


def _follows_iv_magnesium(chart: Chart, urine: Result, collected: float) -> bool:
    before = (chart.numbers["duplicate.iv_hours"] + collected) * 3600
    given = [m.until or m.since for m in chart.medications or () if m.magnesium and m.route is Route.INTRAVENOUS]
    return any(g and -collected * 3600 <= (urine.when - g).total_seconds() < before for g in given)
