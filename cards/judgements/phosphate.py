"""Phosphate beside magnesium, and feeding that begins again (clinical rule s.3, RSK-REFEED)."""

from cards.chart import Because, Chart, any_of, because
from cards.judgements import potassium
from cards.units import round_half_up


def level(chart: Chart) -> float | None:
    """The latest fresh phosphate in mmol/L, to two decimals."""
    found = chart.results.get("phosphate")
    return round_half_up(found.value) if found else None


def is_low(chart: Chart) -> Because:
    """Low, as far as known."""
    return chart.below(level(chart), "phosphate.low")


def is_refed(chart: Chart) -> Because:
    """Feeding begun in these two days or refeeding on record, and potassium or phosphate low."""
    if not chart.has("fed_again"):
        return because("no feeding begun in these days, no refeeding on record")
    return any_of(potassium.is_low(chart), is_low(chart))
