"""Is calcium low too?"""

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import danger
from cards.model import Indicator, Problem, Say


@rule(Problem.LOW_MAGNESIUM, adds=True)
def calcium_is_low_too(chart: Chart) -> Say | Because:
    """Corrected calcium below 8.4 mg/dL with low magnesium (s.3): magnesium first."""
    if not danger.calcium_is_low(chart):
        return because("calcium is not low, or not known")
    return Say(
        Indicator.WARNING,
        ("very_low",) if _very_low(chart) else ("found", "wait"),
        values={"corrected_calcium": f"{danger.corrected_calcium(chart) or 0:.1f}", "how": _how(chart)},
    )


def _very_low(chart: Chart) -> bool:
    value = danger.corrected_calcium(chart)
    return value is not None and chart.below(value, "calcium.iv_below")


def _how(chart: Chart) -> str:
    """Whether the value is corrected for albumin."""
    corrected = "calcium_corrected" in chart.results or "albumin" in chart.results
    return "corrected" if corrected else "not corrected for albumin"
