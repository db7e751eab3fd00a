"""The days that figures are about."""

from dataclasses import dataclass
from datetime import date, timedelta

from cds_service.errors import BadQuery

USUAL_DAYS = 30
MOST_DAYS = 366


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days in UTC, the first and the last included."""

    since: date
    until: date

    @property
    def length(self) -> int:
        """How many days."""
        return (self.until - self.since).days + 1

    @property
    def before(self) -> "Period":
        """As many days, just before."""
        return Period(self.since - timedelta(days=self.length), self.since - timedelta(days=1))

    def days(self) -> list[date]:
        """Every day, in order."""
        return [self.since + timedelta(days=number) for number in range(self.length)]


def period_of(since: str | None, until: str | None, days: str | None, today: date) -> Period:
    """The period that texts name, such as 2026-01-31 and 30; BadQuery when they name none."""
    last = _day("until", until) if until else today
    if since and days:
        raise BadQuery("Name the first day (since) or how many days, not both.")
    first = _day("since", since) if since else last - timedelta(days=_count(days) - 1)
    if not first <= last:
        raise BadQuery(f"The first day, {first}, is after the last, {last}. Name them the other way round.")
    if (last - first).days >= MOST_DAYS:
        raise BadQuery(f"More than {MOST_DAYS} days. Ask for fewer.")
    return Period(first, last)


def _day(name: str, text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = date.min
    if found.year < 2000:  # so that the period before has days too
        raise BadQuery(f"{name}: write a day like 2026-01-31.")
    return found


def _count(text: str | None) -> int:
    count = int(text) if text and text.isascii() and text.isdigit() and len(text) < 5 else 0 if text else USUAL_DAYS
    if not 1 <= count <= MOST_DAYS:
        raise BadQuery(f"days: write a whole number from 1 to {MOST_DAYS}.")
    return count
