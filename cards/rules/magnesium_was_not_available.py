"""Could magnesium be looked at at all?"""

from cards.chart import Chart
from cards.judgements import causes
from cards.model import Finding, Indicator, Problem, Silence


def magnesium_was_not_available(chart: Chart) -> Finding | Silence:
    """No prefetch and no access: silence would read as all clear, so it is said."""
    if "magnesium" not in chart.not_known:
        return Silence("magnesium results were supplied")
    if chart.hook != "patient-view" and not any(causes.concerns_magnesium(d) for d in chart.chosen):
        return Silence("no chosen order that has to do with magnesium")
    return Finding(
        rule="magnesium_was_not_available",
        problem=Problem.DATA_QUALITY,
        indicator=Indicator.INFO,
        say=("found", "check"),
    )
