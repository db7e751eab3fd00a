"""When a test is due: hours of the site's clock for what monitoring.yaml says in words (clinical rule s.3)."""

from datetime import datetime, time, timedelta
from typing import NamedTuple

from cards.chart import Chart
from cards.judgements import given, iv_states
from cards.loading import Window
from cards.model import DoseState, DraftMedication

_DAY = timedelta(days=1)
_IN_DAYS = 48  # h: from here on the day is told and no time of it


class Due(NamedTuple):
    """From when until when a test is to be drawn, in the site's zone; of what is days away only the day counts."""

    start: datetime
    end: datetime
    in_days: bool = False


def due(when: str, chart: Chart, infusion: DraftMedication | None = None) -> Due:
    """When a test is due, by its id in monitoring.yaml; `infusion` is the IV order that is offered beside it."""
    window, now = chart.knowledge.windows[when], chart.now.astimezone(chart.knowledge.site.zone)
    if window.clock:
        at = _next(window.clock, now + timedelta(hours=window.not_before))
        return Due(at, at)
    begins = _begins(window, chart, infusion).astimezone(now.tzinfo)
    if window.until is None:
        return Due(now, _end_of_day(now))
    start, end = (max(begins + timedelta(hours=h), now) for h in (_earliest(window, chart, infusion), window.until))
    if window.hours >= _IN_DAYS:
        return Due(start, _end_of_day(end), in_days=True)
    return Due(start, max(start, end))


def _end_of_day(at: datetime) -> datetime:
    return at.replace(hour=23, minute=59, second=0, microsecond=0)


def _next(clock: time, soonest: datetime) -> datetime:
    """The first such time of day from a moment on."""
    days = (datetime.combine(soonest.date() + day, clock, soonest.tzinfo) for day in (timedelta(), _DAY))
    return next(at for at in days if at >= soonest)


def _begins(window: Window, chart: Chart, infusion: DraftMedication | None) -> datetime:
    """The end of the infusion that is offered, ordered, runs or ran; the call where none is known or none matters."""
    if not window.after:
        return chart.now
    if infusion is not None:
        return chart.now + timedelta(minutes=_minutes(window.after, infusion))
    ended = given.iv_magnesium_ended(chart)
    if ended is not None:
        return given.last_time(ended, chart)
    ends = map(iv_states.end, iv_states.of_state(chart, DoseState.RUNNING, DoseState.ORDERED))
    return max((end for end in ends if end is not None), default=chart.now)


def _minutes(after: str, infusion: DraftMedication) -> float:
    """From the begin of an infusion to what a time is counted from: its end, that of its first step or of a dose."""
    first, (what, _, dose) = infusion.steps[0], after.partition(" ")
    if dose:
        return first.begins(int(dose)) + (first.minutes or 0 if what == "dose" else 0)
    return first.minutes or 0 if what == "load" else sum(step.ends_after for step in infusion.steps)


def _earliest(window: Window, chart: Chart, infusion: DraftMedication | None) -> float:
    """Of an infusion of which one time only is known the end may have been later: then the latest hour."""
    ended = given.iv_magnesium_ended(chart) if window.after and infusion is None else None
    unsure = ended is not None and not given.end_is_known(ended, chart)
    return window.until if unsure and window.until is not None else window.hours
