"""Removes records that are older than a site wants to keep."""

from datetime import date

from sqlalchemy import CursorResult, Engine, delete, select

from cds_service.records.schema import BY_DAY


def purge(engine: Engine, before: date) -> int:
    """Delete every record of a day before this one; how many rows. Day by day, so that no transaction is long."""
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
