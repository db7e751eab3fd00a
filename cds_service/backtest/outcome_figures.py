"""The outcomes as figures: shares with intervals, of one period or of two side by side."""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cds_service.backtest.intervals import newcombe, wilson
from cds_service.backtest.outcomes import AFTER, ALL, BEFORE, GIVEN_HOURS, LEVEL_HOURS, OUTCOMES
from cds_service.backtest.tally import Tally
from cds_service.errors import JsonDict


@dataclass(frozen=True, slots=True)
class _Measure:
    """One outcome: its key, how it is told, what it is a share of, and whether it needs doses given in the export."""

    key: str
    told: str
    of: str = "cards"
    needs_doses: bool = False


_MEASURES = (
    *(_Measure(f"given_{h}", f"Magnesium given within {h} h", needs_doses=True) for h in GIVEN_HOURS),
    _Measure("recheck_in_time", "Measured again in time", "recheck_asked"),
    *(_Measure(f"measured_{h}", f"Measured within {h} h") for h in LEVEL_HOURS),
    *(_Measure(f"at_goal_{h}", f"At goal at {h} h, of those measured", f"measured_{h}") for h in LEVEL_HOURS),
    _Measure("too_high", "Above normal within 72 h, of those measured", "measured_72"),
    _Measure("potassium_corrected", "Low potassium corrected within 72 h, of those measured", "potassium_measured"),
)


def outcomes_of(tally: Tally, present: frozenset[str]) -> JsonDict:
    """By rule what became of its cards, in each period that was counted; the rule with most cards first."""
    names = [name.split(" ", 2) for name in tally.counters if name.startswith(f"{OUTCOMES} ")]
    periods = [period for period in (ALL, BEFORE, AFTER) if period in {name[1] for name in names}]
    measures = [m for m in _MEASURES if not m.needs_doses or "MedicationAdministration" in present]
    cards = Counter(dict.fromkeys({name[2] for name in names}, 0))
    for _, period, rule in names:
        cards[rule] += tally.of(f"{OUTCOMES} {period} {rule}")["cards"]
    ranked = sorted(cards, key=lambda rule: (-cards[rule], rule))
    return {rule: dict(_rule(tally, rule, periods, measures)) for rule in ranked}


def _rule(tally: Tally, rule: str, periods: list[str], measures: list[_Measure]) -> Iterator[tuple[str, object]]:
    counts = {period: tally.of(f"{OUTCOMES} {period} {rule}") for period in periods}
    yield "cards", {period: n["cards"] for period, n in counts.items()}
    yield "repeats", {period: n["repeats"] for period, n in counts.items()}
    yield "measures", [_measure(m, {p: (n[m.key], n[m.of]) for p, n in counts.items()}) for m in measures]


def _measure(measure: _Measure, shares: Mapping[str, tuple[int, int]]) -> JsonDict:
    told: JsonDict = {"outcome": measure.key, "told": measure.told}
    told |= {period: _share(part, whole) for period, (part, whole) in shares.items()}
    before, after = shares.get(BEFORE, (0, 0)), shares.get(AFTER, (0, 0))
    if before[1] and after[1]:
        difference = after[0] / after[1] - before[0] / before[1]
        told["change"] = [round(100 * value, 1) for value in (difference, *newcombe(before, after))]
    return told


def _share(part: int, whole: int) -> JsonDict:
    """Part, whole, percent and its 95 % interval; None where nothing was counted."""
    percent = round(100 * part / whole, 1) if whole else None
    interval = [round(100 * value, 1) for value in wilson(part, whole)] if whole else None
    return {"part": part, "whole": whole, "percent": percent, "interval": interval}
