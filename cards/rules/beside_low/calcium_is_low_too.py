"""Is calcium low too?"""

from cards.ask import rule
from cards.chart import Because, Chart
from cards.judgements import calcium
from cards.model import Indicator, Problem, Result, Say
from cards.units import AS_REPORTED, level


@rule(Problem.LOW_MAGNESIUM, adds=True)
def calcium_is_low_too(chart: Chart) -> Say | Because:
    """Low ionised calcium, or low corrected calcium, with low magnesium (s.3): magnesium first."""
    return calcium.is_low(chart) and Say(
        Indicator.WARNING,
        ("very_low",) if calcium.needs_iv(chart) else ("found", "wait"),
        values=_of_ionised(found, chart) if (found := calcium.ionised(chart)) else _of_total(chart),
    )


def _of_ionised(found: Result, chart: Chart) -> dict[str, str]:
    return {
        "low_calcium": found.shown,
        "how": chart.knowledge.words.say("calcium.ionised"),
        "iv_below": f"{chart.numbers['calcium.ionised_iv_below']:.2f} mmol/L",
    }


def _of_total(chart: Chart) -> dict[str, str]:
    return {
        "low_calcium": _level(calcium.corrected(chart) or 0, chart),
        "how": _how(chart),
        "iv_below": _level(chart.numbers["calcium.iv_below"], chart),
    }


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
