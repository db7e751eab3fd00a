"""What of some steps of IV magnesium falls into one span of hours: not what begins later, nor what is over (s.2.7)."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta

from cards.chart import Chart
from cards.model import Infusion, Medication, Schedule

_MOST = 50  # moments that are looked at; where orders name more, all of them count together
Moments = Collection[datetime | None]
_TOGETHER: Moments = (None,)


def of_drafts(drafts: Iterable[Medication], chart: Chart) -> tuple[Infusion, ...]:
    """The steps of drafts; none begins before now, and one as needed may be given at any time from then."""
    return tuple(_later(step, d, chart.now) for d in drafts if d.magnesium for step in d.magnesium.steps)


def _later(step: Infusion, draft: Medication, now: datetime) -> Infusion:
    lasts = None if draft.schedule is Schedule.AS_NEEDED else step.lasts
    return step._replace(begins=max(step.begins or now, now), lasts=lasts)


def most(hours: float, listed: Collection[Infusion], now: datetime) -> float:
    """The most grams that go in within any so many hours from now on."""
    return max(within(hours, listed, start) for start in moments(hours, listed, now))


def within(hours: float, listed: Iterable[Infusion], start: datetime | None) -> float:
    """Grams that go in within so many hours from a moment on; without one as if all began together."""
    return sum(step.grams_between(start, hours) if start else step.grams_within(hours) for step in listed)


def runs(step: Infusion, at: datetime | None) -> bool:
    """Whether a step runs at a moment."""
    if at is None or step.begins is None:
        return True
    return step.begins <= at and (step.lasts is None or at < step.begins + timedelta(hours=step.lasts))


def moments(hours: float, listed: Iterable[Infusion], now: datetime) -> Moments:
    """Where the largest span may begin: now, with a step, or so that it ends with one."""
    begins = [(step.begins or now, step.lasts) for step in listed]
    ends = (begin + timedelta(hours=lasts - hours) for begin, lasts in begins if lasts is not None)
    found = {now, *(at for at in (*(begin for begin, _ in begins), *ends) if at > now)}
    return found if len(found) <= _MOST else _TOGETHER
