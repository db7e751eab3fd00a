"""Does heart block forbid IV magnesium?"""

from cards.chart import Chart
from cards.judgements import assess
from cards.model import Finding, Indicator, Problem, Silence


def heart_block_forbids_iv(chart: Chart) -> Finding | Silence:
    """A hard stop for IV magnesium (s.2.2)."""
    if not chart.has("av_block"):
        return Silence("no heart block on record")
    if assess.emergency(chart) == "torsades":
        return Silence("in torsades an expert decides: the emergency rule says so")
    return Finding(
        rule="heart_block_forbids_iv",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.WARNING,
        title="suffix" if assess.has_unpaced_heart_block(chart) else "",
        say=("stop" if assess.has_unpaced_heart_block(chart) else "paced",),
        values={},
        tests=(),
        leads=False,
        numbers=(),
    )
