"""Acute kidney injury by the course of the creatinine (KDIGO; clinical rule s.2.1): its stage, whether one is over."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from enum import IntEnum

from cards.chart.fhir import HOUR
from cards.model import Result

Numbers = Mapping[str, float]


class Injury(IntEnum):
    """What a rise of the latest creatinine against earlier ones tells."""

    RISING = 1
    STAGE_3 = 3


def injury(creatinines: Sequence[Result], numbers: Numbers) -> Injury | None:
    """From 0.3 mg/dL more in 48 h, or 1.5 times the lowest of a week; stage 3 from 3 times, or 4 mg/dL with a rise."""
    newest = _newest(creatinines)
    if newest is None:
        return None
    ratio = _ratio(newest, min(_since(newest, creatinines, numbers["aki.window_hours"])))
    # rounded, since a rise by 26.5 umol/L is one by 0.2997 mg/dL
    rise = round(newest.value - min(_since(newest, creatinines, numbers["aki.rise_hours"])), 3)
    if ratio < numbers["aki.creatinine_ratio"] and rise < numbers["aki.rise"]:
        return None
    grave = ratio >= numbers["aki.stage3_ratio"] or newest.value >= numbers["aki.stage3_creatinine"]
    return Injury.STAGE_3 if grave else Injury.RISING


def is_over(creatinines: Sequence[Result], now: datetime, numbers: Numbers) -> bool:
    """Whether a creatinine of now is near the lowest of the months before, and no higher than the one before it."""
    newest = _newest(creatinines)
    before = [r for r in creatinines if newest and r.when < newest.when]
    if newest is None or not before or (now - newest.when) / HOUR > numbers["aki.over.hours"]:
        return False
    lowest = min(_since(newest, creatinines, numbers["aki.over.lowest_hours"]))
    previous = max(before, key=lambda r: (r.when, -r.value))
    return _ratio(newest, lowest) <= numbers["aki.over.ratio"] and newest.value <= previous.value


def _ratio(newest: Result, lowest: float) -> float:
    # 1.2 / 0.8 is not quite 1.5 for a computer
    return round(newest.value / lowest, 6)


def _newest(creatinines: Sequence[Result]) -> Result | None:
    return max(creatinines, key=lambda r: (r.when, r.value), default=None)


def _since(newest: Result, creatinines: Sequence[Result], hours: float) -> Iterator[float]:
    """The values of so many hours up to the newest, itself among them; another of its own time is none before it."""
    earlier = (r for r in creatinines if r.when < newest.when)
    yield newest.value
    yield from (r.value for r in earlier if (newest.when - r.when) / HOUR <= hours)
