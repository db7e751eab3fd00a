"""Could magnesium be looked at at all?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import causes
from cards.model import Indicator, Problem, Say


@rule(Problem.DATA_QUALITY)
def magnesium_was_not_available(chart: Chart) -> Say | Because:
    """No prefetch and no access, or only old results: silence would read as all clear, so it is said."""
    if "magnesium" not in chart.unseen:
        return because("magnesium results were supplied")
    if chart.is_low or chart.is_high:
        return because("magnesium was low or high, which is said")
    if chart.hook != "patient-view" and not any(map(causes.concerns_magnesium, chart.chosen)):
        return because("no chosen order that has to do with magnesium")
    cut = "magnesium" in chart.cut
    return Say(Indicator.INFO, ("cut" if cut else "found", "check"), title="cut" if cut else "")
