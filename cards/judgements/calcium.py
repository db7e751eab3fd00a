"""Calcium beside magnesium: ionised calcium of the day decides, else the total corrected for albumin (s.3)."""

from cards.chart import Because, Chart, once
from cards.model import Result


@once
def ionised(chart: Chart) -> Result | None:
    """The ionised calcium (mmol/L) that decides: of the day of the total or later, or alone."""
    found, total = chart.results.get("calcium_ionised"), _total(chart)
    if found is None or total is None:
        return found
    earlier = (total.when - found.when).total_seconds() / 3600
    return found if chart.at_most(max(earlier, 0.0), "calcium.same_day") else None


def _total(chart: Chart) -> Result | None:
    return chart.results.get("calcium_corrected") or chart.results.get("calcium")


@once
def corrected(chart: Chart) -> float | None:
    """Total calcium corrected for albumin in mg/dL; as reported where albumin is not known.

    A low one is not told beside an albumin that no patient has: nobody can say whether it is low.
    """
    n, reported = chart.numbers, chart.results.get("calcium_corrected")
    if reported:
        return reported.value
    total, albumin = chart.results.get("calcium"), chart.results.get("albumin")
    if total is None:
        return None
    if albumin is None and any(s.what == "albumin" for s in chart.readings.set_aside):
        return total.value if total.value >= n["calcium.low"] else None
    missing = n["albumin.reference"] - albumin.value if albumin else 0.0
    value = round(total.value + n["calcium.per_albumin"] * missing / 10, 2)
    return value if chart.knowledge.results.is_possible("calcium", value) else None


def is_low(chart: Chart) -> Because:
    """Ionised below its own range where one decides, else the corrected total, as far as known."""
    if found := ionised(chart):
        return chart.below(found.value, "calcium.ionised_low", chart.ionised_calcium_limit)
    return chart.below(corrected(chart), "calcium.low")


def needs_iv(chart: Chart) -> Because:
    """So low that IV calcium may be needed whatever the symptoms."""
    if found := ionised(chart):
        return chart.below(found.value, "calcium.ionised_iv_below")
    return chart.below(corrected(chart), "calcium.iv_below")
