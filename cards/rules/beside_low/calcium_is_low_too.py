"""Is calcium low too?"""

from cards.ask import rule
from cards.chart import Because, Chart
from cards.judgements import danger
from cards.model import Indicator, Problem, Say


@rule(Problem.LOW_MAGNESIUM, adds=True)
def calcium_is_low_too(chart: Chart) -> Say | Because:
    """Low corrected calcium with low magnesium (s.3): magnesium first."""
    return danger.calcium_is_low(chart) and Say(
        Indicator.WARNING,
        ("very_low",) if chart.below(danger.corrected_calcium(chart), "calcium.iv_below") else ("found", "wait"),
        values={"corrected_calcium": f"{danger.corrected_calcium(chart) or 0:.1f}", "how": _how(chart)},
    )


def _how(chart: Chart) -> str:
    """Whether the value is corrected for albumin."""
    corrected = "calcium_corrected" in chart.results or "albumin" in chart.results
    return chart.knowledge.words.say("calcium.corrected" if corrected else "calcium.plain")
