"""Does a neuromuscular blocker forbid IV magnesium?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess
from cards.model import Indicator, Problem, Say


@rule(Problem.LOW_MAGNESIUM, adds=True)
def paralysis_forbids_iv(chart: Chart) -> Say | Because:
    """A hard stop for IV magnesium (s.2.2)."""
    if not assess.is_paralysed(chart):
        return because("no neuromuscular blocker running")
    return Say(Indicator.WARNING, ("stop",), title="suffix")
