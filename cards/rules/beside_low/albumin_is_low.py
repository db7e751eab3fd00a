"""Does low albumin explain the low magnesium?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess
from cards.model import Indicator, Problem, Say


@rule(Problem.LOW_MAGNESIUM, adds=True)
def albumin_is_low(chart: Chart) -> Say | Because:
    """Albumin below 30 g/L with mild or moderate magnesium (s.0.9): information only."""
    if not _applies(chart):
        return because("albumin is not low, or the band is severe")
    return Say(
        Indicator.INFO,
        ("found", "check"),
        values={"adjusted": f"{_adjusted(chart):.2f}"},
    )


def _applies(chart: Chart) -> bool:
    albumin, low = chart.results.get("albumin"), chart.low
    if albumin is None or low is None or assess.is_severe_band(low.band):
        return False
    return chart.below(albumin.value, "albumin.low")


def _adjusted(chart: Chart) -> float:
    n, low = chart.numbers, chart.low
    missing = n["albumin.reference"] - chart.results["albumin"].value
    return (low.x if low else 0.0) + n["albumin.magnesium_per_gram"] * missing
