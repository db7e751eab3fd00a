"""Whether calls arrive and are understood: the counts of the last hour and day, for the home page."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, case, func, select

from cards import What
from cds_service.errors import NoRecords
from cds_service.insights.source import records_of
from cds_service.records.schema import ANSWERS, READING
from cds_service.run.settings import Settings

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
_ANSWERED = 200


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Calls of the last hour and day; of the day, those answered with 200, and magnesium results read and sent."""

    hour: int
    day: int
    answered: int
    read: int
    sent: int


def arrivals_of(settings: Settings, now: datetime) -> Arrivals | None:
    """The counts until now; None when the records cannot be read."""
    try:
        with records_of(settings) as engine, engine.connect() as connection:
            return _counted(connection, now.astimezone(UTC))
    except NoRecords:
        return None


def _counted(connection: Connection, now: datetime) -> Arrivals:
    hour, day, answered = connection.execute(_calls(now)).one()
    sent, unread = connection.execute(_results(now)).one()
    return Arrivals(hour or 0, day or 0, answered or 0, (sent or 0) - (unread or 0), sent or 0)


def _calls(now: datetime) -> Select[Any, int, Any]:
    a = ANSWERS.c
    return select(
        func.sum(case((a.at >= now - _HOUR, 1), else_=0)),
        func.count(),
        func.sum(case((a.status == _ANSWERED, 1), else_=0)),
    ).where(a.day >= (now - _DAY).date(), a.at >= now - _DAY)


def _results(now: datetime) -> Select[Any, Any]:
    a, r = ANSWERS.c, READING.c
    joined = READING.join(ANSWERS, r.answer_id == a.id)
    recent = r.day >= (now - _DAY).date(), a.at >= now - _DAY, r.what == What.MAGNESIUM.value
    return select(func.sum(r.listed), func.sum(r.unread)).select_from(joined).where(*recent)
