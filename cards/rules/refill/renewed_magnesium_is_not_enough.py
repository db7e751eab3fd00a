"""Is oral magnesium renewed while the level is still low?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, danger, renewing
from cards.model import Indicator, Problem, Say


@rule(Problem.REFILL)
def renewed_magnesium_is_not_enough(chart: Chart) -> Say | Because:
    """Still low on this dose: adherence, dose, cause (s.14); a warning below the severe limit."""
    if not renewing.oral_magnesium(chart):
        return because("no oral magnesium is renewed")
    low = assess.trusted_low(chart)
    if low is None:
        return assess.is_to_be_treated(chart)
    severe = danger.is_severe(low.x, chart)
    return chart.is_low and Say(Indicator.WARNING if severe else Indicator.INFO, ("found", "do"))
