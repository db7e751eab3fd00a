"""Could magnesium be looked at at all?"""

from cards.ask import rule
from cards.chart import Because, Chart, because, inputs
from cards.judgements import causes
from cards.model import Indicator, Problem, Say


def _was_not_available(chart: Chart) -> bool:
    return inputs.MAGNESIUM in chart.not_known


@rule(Problem.DATA_QUALITY, starts=_was_not_available)
def magnesium_was_not_available(chart: Chart) -> Say | Because:
    """No prefetch and no access: silence would read as all clear, so it is said."""
    if not _was_not_available(chart):
        return because("magnesium results were supplied")
    if chart.about_orders and not any(map(causes.concerns_magnesium, chart.chosen)):
        return because("no chosen order that has to do with magnesium")
    return Say(Indicator.INFO, ("found", "check"))
