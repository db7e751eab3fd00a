"""Is ionised magnesium normal where the total is low?"""

from cards import wording
from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import ionised
from cards.model import Indicator, Problem, Say


@rule(Problem.LOW_MAGNESIUM, adds=True)
def ionised_magnesium_is_normal(chart: Chart) -> Say | Because:
    """Of the same draw it points to an effect of protein (s.1.3); no order then; a severe total still decides."""
    if chart.ionised is None or not ionised.is_normal(chart):
        return because("no low total magnesium with a normal ionised one of then or later")
    return Say(
        Indicator.INFO,
        ("likely", "repeat") if ionised.explains(chart) else ("normal",),
        values={"ionised": chart.ionised.shown, "ionised_date": wording.moment(chart.ionised.when)},
    )
