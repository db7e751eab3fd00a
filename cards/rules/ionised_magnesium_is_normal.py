"""Is ionised magnesium normal where the total is low?"""

from cards.answer import values
from cards.chart import Chart
from cards.judgements import assess
from cards.model import Finding, Indicator, Problem, Silence


def ionised_magnesium_is_normal(chart: Chart) -> Finding | Silence:
    """Of the same draw it points to an effect of protein (s.1.3); said as information, the total still decides."""
    if not assess.ionised_is_normal(chart) or chart.ionised is None:
        return Silence("no low total magnesium with a normal ionised one of then or later")
    return Finding(
        rule="ionised_magnesium_is_normal",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.INFO,
        say=("likely",) if _explains(chart) else ("normal",),
        values={"ionised": chart.ionised.shown, "ionised_date": values.moment(chart.ionised.when)},
        leads=False,
        numbers=("ionised.lower", "ionised.lower.neonate"),
    )


def _explains(chart: Chart) -> bool:
    """Whether it may be said why: of the same draw, and never of a severe band (s.0.9)."""
    severe = chart.low is not None and assess.is_severe_band(chart.low.band)
    return assess.ionised_is_of_the_same_draw(chart) and not severe
