"""Is calcium low too?"""

from cards.ask import rule
from cards.chart import Because, Chart
from cards.judgements import danger
from cards.model import Indicator, Problem, Say
from cards.units import AS_REPORTED, level


@rule(Problem.LOW_MAGNESIUM, adds=True)
def calcium_is_low_too(chart: Chart) -> Say | Because:
    """Low corrected calcium with low magnesium (s.3): magnesium first."""
    return danger.calcium_is_low(chart) and Say(
        Indicator.WARNING,
        ("very_low",) if chart.below(danger.corrected_calcium(chart), "calcium.iv_below") else ("found", "wait"),
        values={
            "corrected_calcium": _level(danger.corrected_calcium(chart) or 0, chart),
            "iv_below": _level(chart.numbers["calcium.iv_below"], chart),
            "how": _how(chart),
        },
    )


def _level(value: float, chart: Chart) -> str:
    """In the unit that the site reads first, else in the one that the result came in."""
    total = chart.results.get("calcium_corrected") or chart.results.get("calcium")
    came_in = total.shown.rpartition(" ")[2] if total else ""
    site = chart.knowledge.site.units.of("calcium")
    return level("calcium", value, came_in if site == AS_REPORTED else site, chart.knowledge.units)


def _how(chart: Chart) -> str:
    """Whether the value is corrected for albumin."""
    corrected = "calcium_corrected" in chart.results or "albumin" in chart.results
    return chart.knowledge.words.say("calcium.corrected" if corrected else "calcium.plain")
