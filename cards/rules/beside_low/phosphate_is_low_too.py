"""Is phosphate low too?"""

from cards.ask import rule
from cards.chart import Because, Chart
from cards.judgements import phosphate
from cards.model import Indicator, Problem, Say


@rule(Problem.LOW_MAGNESIUM, adds=True)
def phosphate_is_low_too(chart: Chart) -> Say | Because:
    """Low phosphate with low magnesium (s.3): told beside it, very low it warns."""
    very_low = chart.below(phosphate.level(chart), "phosphate.very_low")
    return phosphate.is_low(chart) and Say(
        Indicator.WARNING if very_low else Indicator.INFO, ("found",), values={"phosphate": _shown(chart)}
    )


def _shown(chart: Chart) -> str:
    return chart.results["phosphate"].shown
