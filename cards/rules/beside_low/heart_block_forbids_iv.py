"""Does heart block forbid IV magnesium?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess
from cards.model import Indicator, Problem, Say


@rule(Problem.LOW_MAGNESIUM, adds=True)
def heart_block_forbids_iv(chart: Chart) -> Say | Because:
    """A hard stop for IV magnesium (s.2.2)."""
    if not chart.has("av_block"):
        return because("no heart block on record")
    if assess.emergency(chart) == "torsades":
        return because("in torsades an expert decides: the emergency rule says so")
    paced = not assess.has_unpaced_heart_block(chart)
    return Say(Indicator.WARNING, ("paced" if paced else "stop",), title="" if paced else "suffix")
