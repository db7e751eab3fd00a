"""Does low albumin explain the low magnesium?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess
from cards.model import Indicator, Magnesium, Problem, Say
from cards.units import level


@rule(Problem.LOW_MAGNESIUM, adds=True)
def albumin_is_low(chart: Chart) -> Say | Because:
    """Low albumin with mild or moderate magnesium (s.0.9): information only."""
    low, albumin = chart.low, chart.results.get("albumin")
    if low is None:
        return chart.is_low
    if assess.is_severe_band(low.band):
        return because("magnesium is severely low, whatever the albumin")
    return chart.below(albumin.value if albumin else None, "albumin.low") and Say(
        Indicator.INFO,
        ("found", "check"),
        values={
            "adjusted": level(
                "magnesium", _adjusted(low, chart), chart.knowledge.site.unit_first, chart.knowledge.units
            )
        },
    )


def _adjusted(low: Magnesium, chart: Chart) -> float:
    missing = chart.numbers["albumin.reference"] - chart.results["albumin"].value
    return low.x + chart.numbers["albumin.magnesium_per_gram"] * missing
