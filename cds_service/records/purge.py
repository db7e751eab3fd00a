"""Removes records that are older than a site wants to keep."""

from datetime import date, timedelta

from sqlalchemy import CursorResult, Engine, delete, func, select

from cds_service.records.rolled_tables import ROLLED_DAYS
from cds_service.records.schema import BY_DAY, CARDS, FEEDBACK

_AT_ONCE = timedelta(days=7)


def oldest_week(engine: Engine, before: date) -> date:
    """The day before which a week of the records is that are before this one, the oldest: so much is removed at once.

    What a clock or a setting that is wrong has removed is gone, so there is time to notice.
    """
    with engine.connect() as connection:
        found = [connection.execute(select(func.min(table.c.day))).scalar() for table in BY_DAY]
    oldest = min(filter(None, found), default=before)
    return min(before, oldest + _AT_ONCE) if oldest < before else before


def purge(engine: Engine, before: date) -> int:
    """Delete every record of a day before this one; how many rows. Day by day, so that no transaction is long."""
    _count_feedback_anew(engine, before)
    removed = 0
    for table in BY_DAY:
        days = select(table.c.day).where(table.c.day < before).distinct().order_by(table.c.day)
        with engine.connect() as connection:
            found = connection.execute(days).scalars().all()
        for day in found:
            with engine.begin() as connection:
                result: CursorResult[tuple[()]] = connection.execute(delete(table).where(table.c.day == day))
                removed += result.rowcount
    return removed


def _count_feedback_anew(engine: Engine, before: date) -> None:
    """Of later days with feedback about cards that go: nobody will know those cards then."""
    about = FEEDBACK.join(CARDS, CARDS.c.id == FEEDBACK.c.card_id)
    days = select(FEEDBACK.c.day).select_from(about).where(CARDS.c.day < before, FEEDBACK.c.day >= before)
    with engine.begin() as connection:
        connection.execute(delete(ROLLED_DAYS).where(ROLLED_DAYS.c.day.in_(days)))
