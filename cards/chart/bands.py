"""The bands of a magnesium level, the usual limits of normal, and for what a result of some age is good."""

from collections.abc import Mapping
from datetime import datetime
from itertools import groupby, pairwise
from math import inf

from cards.chart.fhir import HOUR
from cards.model import (
    ADULT_DAYS,
    Band,
    Freshness,
)

# they hold whatever range a laboratory states
_SEVERE_LIMITS = (("band.critical_low", Band.CRITICAL_LOW), ("band.severe", Band.SEVERE))
_LOW_LIMITS = (*(name for name, _ in _SEVERE_LIMITS), "band.moderate")


def band_of(x: float, lower: float, upper: float, numbers: Mapping[str, float]) -> Band:
    """The band of a value in mmol/L within its limits of normal."""
    if x >= numbers["band.critical_high"]:
        return Band.CRITICAL_HIGH
    if x > upper:
        return Band.HIGH
    if x >= numbers["band.normal"]:
        return Band.NORMAL if x >= lower else Band.MILD
    severe = next((band for limit, band in _SEVERE_LIMITS if x < numbers[limit]), None)
    if severe:
        return severe
    if x >= lower:
        return Band.SUBOPTIMAL
    return Band.MODERATE if x < numbers["band.moderate"] else Band.MILD


def scale_of(lower: float, upper: float, numbers: Mapping[str, float]) -> tuple[tuple[Band, float, float], ...]:
    """The bands of `band_of` from low to high: (band, from, to) in mmol/L."""
    limits = [numbers[name] for name in _LOW_LIMITS]
    edges = sorted({0.0, lower, upper, *limits, numbers["band.normal"], numbers["band.critical_high"]})
    parts = [
        (band_of((a + b) / 2 if b < inf else a + 1, lower, upper, numbers), a, b) for a, b in pairwise([*edges, inf])
    ]
    joined = [list(same) for _, same in groupby(parts, key=lambda part: part[0])]
    return tuple((same[0][0], same[0][1], same[-1][2]) for same in joined)


def freshness_of(when: datetime, now: datetime, place: str, numbers: Mapping[str, float]) -> Freshness:
    """What a result of this age is good for; `place`: whose limits hold, as the ids of thresholds name it."""
    hours = (now - when) / HOUR
    if hours <= numbers[f"fresh.{place}.actionable"]:
        return Freshness.ACTIONABLE
    return Freshness.REPEAT_FIRST if hours <= numbers[f"fresh.{place}.repeat"] else Freshness.TOO_OLD


def default_lower_limit(age_days: int | None, numbers: Mapping[str, float]) -> str:
    """The threshold that is the lower limit of normal at this age."""
    if age_days is None or age_days >= ADULT_DAYS:
        return "limit.lower.default"
    return "limit.lower.neonate" if age_days < numbers["age.neonate_days"] else "limit.lower.child"
