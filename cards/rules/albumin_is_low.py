"""Does low albumin explain the low magnesium?"""

from cards.chart import Chart
from cards.judgements import assess
from cards.model import Finding, Indicator, Problem, Silence


def albumin_is_low(chart: Chart) -> Finding | Silence:
    """Albumin below 30 g/L with mild or moderate magnesium (s.0.9): information only."""
    if not _applies(chart):
        return Silence("albumin is not low, or the band is severe")
    return Finding(
        rule="albumin_is_low",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.INFO,
        say=("found", "check"),
        values={"adjusted": f"{_adjusted(chart):.2f}"},
        tests=(),
        leads=False,
        numbers=("albumin.low", "albumin.magnesium_per_gram"),
    )


def _applies(chart: Chart) -> bool:
    albumin, low = chart.results.get("albumin"), chart.low
    if albumin is None or low is None or assess.is_severe_band(low.band):
        return False
    return albumin.value < chart.numbers["albumin.low"]


def _adjusted(chart: Chart) -> float:
    n, low = chart.numbers, chart.low
    missing = n["albumin.reference"] - chart.results["albumin"].value
    return (low.x if low else 0.0) + n["albumin.magnesium_per_gram"] * missing
