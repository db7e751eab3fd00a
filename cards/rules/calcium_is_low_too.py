"""Is calcium low too?"""

from cards.chart import Chart
from cards.judgements import danger
from cards.model import Finding, Indicator, Problem, Silence


def calcium_is_low_too(chart: Chart) -> Finding | Silence:
    """Corrected calcium below 8.4 mg/dL with low magnesium (s.3): magnesium first."""
    if not danger.calcium_is_low(chart):
        return Silence("calcium is not low, or not known")
    return Finding(
        rule="calcium_is_low_too",
        problem=Problem.LOW_MAGNESIUM,
        indicator=Indicator.WARNING,
        say=("very_low",) if _very_low(chart) else ("found", "wait"),
        values={"corrected_calcium": f"{danger.corrected_calcium(chart) or 0:.1f}", "how": _how(chart)},
        tests=(),
        leads=False,
        numbers=("calcium.low", "calcium.iv_below"),
    )


def _very_low(chart: Chart) -> bool:
    value = danger.corrected_calcium(chart)
    return value is not None and value < chart.numbers["calcium.iv_below"]


def _how(chart: Chart) -> str:
    """Whether the value is corrected for albumin."""
    corrected = "calcium_corrected" in chart.results or "albumin" in chart.results
    return "corrected" if corrected else "not corrected for albumin"
