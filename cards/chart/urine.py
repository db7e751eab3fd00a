"""Oliguria and anuria by the urine that was collected: hours, millilitres, weight (clinical rules s.2.1, 10)."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from cards.chart.fhir import HOUR, child, moment, text
from cards.chart.results import FINAL, Reading
from cards.loading import Knowledge
from cards.model import Condition

HOURLY, OF_A_DAY = "urine_output", "urine_output_24h"
_HOURS = {HOURLY: 1.0, OF_A_DAY: 24.0}
_A_RATE, _LATELY = "mL/h", 6.0
_GAP = HOUR


class Urine(NamedTuple):
    """Urine of some hours up to a moment."""

    start: datetime
    end: datetime
    millilitres: float

    @property
    def hours(self) -> float:
        """How long it was collected."""
        return (self.end - self.start) / HOUR

    @property
    def per_hour(self) -> float:
        """Millilitres an hour."""
        return self.millilitres / self.hours


def with_urine(
    recorded: Mapping[str, Condition],
    found: Mapping[str, Sequence[Reading]],
    weight: float | None,
    now: datetime,
    known: Knowledge,
) -> dict[str, Condition]:
    """The conditions on record, corrected by the urine of the last day; `weight` in kg."""
    spans = [*_spans(found, HOURLY, now, known)]
    windows = {hours: _together(spans, hours) for hours in (4, 6, 12, 24)}
    days = _spans(found, OF_A_DAY, now, known)
    windows = {hours: window or next(iter(days), None) for hours, window in windows.items()}
    states = known.conditions.groups["little_urine"]
    told = {c: s for c, s in recorded.items() if c not in states or not _is_over(s, windows[6], weight, known)}
    state = _state(windows, weight, known)
    last = windows[4]
    if state and last:
        name = known.words.say("urine.measured", amount=last.millilitres, hours=last.hours)
        told[state] = Condition(state, name, last.end, measured=True)
    return told


def per_hour(found: Mapping[str, Sequence[Reading]], now: datetime, known: Knowledge) -> float | None:
    """Millilitres an hour of the last six hours, else of the last collection of a day; None where nobody tells."""
    last = _together(_spans(found, HOURLY, now, known), _LATELY) or next(
        iter(_spans(found, OF_A_DAY, now, known)), None
    )
    return last.per_hour if last else None


def _state(windows: Mapping[int, Urine | None], weight: float | None, known: Knowledge) -> str:
    """anuria: none for 12 h, or hardly any for the weight for 24 h; oliguria: little for the weight, or for anybody."""
    n, four, six, twelve, day = known.numbers, *(windows[hours] for hours in (4, 6, 12, 24))
    if twelve and twelve.millilitres <= n["urine.none"]:
        return "anuria"
    if day and weight and day.per_hour / weight < n["urine.anuria_per_kg"]:
        return "anuria"
    if six and weight and six.per_hour / weight < n["urine.oliguria_per_kg"]:
        return "oliguria"
    return "oliguria" if four and four.per_hour < n["urine.oliguria_per_hour"] else ""


def _is_over(state: Condition, six: Urine | None, weight: float | None, known: Knowledge) -> bool:
    if six is None or not weight or (state.since is not None and six.start < state.since):
        return False
    return six.per_hour / weight >= known.numbers["urine.oliguria_per_kg"]


def _spans(found: Mapping[str, Sequence[Reading]], analyte: str, now: datetime, known: Knowledge) -> list[Urine]:
    """The newest first; without the hours it was collected, or of an amount that nobody passes, it tells nothing."""
    since = now - timedelta(hours=known.numbers["fresh.urine"])
    made = (_span(r) for r in found.get(analyte, ()) if r.status in FINAL and r.when >= since)
    possible = (s for s in made if s.hours > 0 and 0 <= s.per_hour <= known.numbers["urine.most_per_hour"])
    return sorted(possible, key=lambda s: s.end, reverse=True)


def _span(reading: Reading) -> Urine:
    period = child(reading.resource, "effectivePeriod")
    start = moment(text(period, "start")) or reading.when - timedelta(hours=_HOURS[reading.analyte])
    amount = Urine(start, reading.when, reading.value)
    return amount._replace(millilitres=reading.value * amount.hours) if reading.unit.shown == _A_RATE else amount


def _together(spans: Iterable[Urine], hours: float) -> Urine | None:
    """The last spans, one after the other, that make so many hours; None where they do not."""
    made: Urine | None = None
    for span in spans:
        if made is None:
            made = span
        elif span.end <= made.start and made.start - span.end <= _GAP:
            made = Urine(span.start, made.end, made.millilitres + span.millilitres)
        if made.hours >= hours:
            return made
    return None
