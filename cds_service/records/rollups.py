"""Days that are over, counted once: what insights read of 90 days are sums, and only of the last days single records.

A day is marked first and counted at a later tidying. Whoever ships a record of it meanwhile, or ever after, takes the
mark away, and it is counted anew: so a record that comes late is in every figure.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, Engine, Table, delete, insert, select, update

from cds_service.records.rolled_tables import ROLLED_DAYS
from cds_service.records.schema import ANSWERS, CARDS, FEEDBACK
from cds_service.records.sums import SUMS

Row = Mapping[str, Any]


def roll_up(engine: Engine, before: date) -> int:
    """Count the marked days, then mark those before a day that are not; how many were counted."""
    with engine.connect() as connection:
        marked = select(ROLLED_DAYS.c.day).where(ROLLED_DAYS.c.ready.is_(False))
        days = list(connection.execute(marked.order_by(ROLLED_DAYS.c.day)).scalars())
    for day in days:
        with engine.begin() as connection:
            _roll(connection, day)
    with engine.begin() as connection:
        known = select(ROLLED_DAYS.c.day)
        query = select(ANSWERS.c.day).distinct().where(ANSWERS.c.day < before, ANSWERS.c.day.not_in(known))
        new = [{"day": day, "ready": False} for day in connection.execute(query).scalars()]
        if new:
            connection.execute(insert(ROLLED_DAYS), new)
    return len(days)


def _roll(connection: Connection, day: date) -> None:
    """Count one day, unless its mark was taken away."""
    held = select(ROLLED_DAYS.c.day).where(ROLLED_DAYS.c.day == day).with_for_update()
    if connection.execute(held).first() is None:
        return
    for table, query in SUMS.items():
        found = query([day])
        connection.execute(delete(table).where(table.c.day == day))
        connection.execute(insert(table).from_select([column.name for column in found.selected_columns], found))
    connection.execute(update(ROLLED_DAYS).where(ROLLED_DAYS.c.day == day).values(ready=True))


def count_anew(connection: Connection, rows: Mapping[Table, Iterable[Row]]) -> None:
    """Take away the marks of the days that new records are of, or whose cards they are about."""
    days = {row["day"] for table in (ANSWERS, FEEDBACK) for row in rows.get(table, ())}
    cards = [row["card_id"] for row in rows.get(FEEDBACK, ())]
    if days:
        connection.execute(delete(ROLLED_DAYS).where(ROLLED_DAYS.c.day.in_(days)))
    if cards:
        of_cards = select(CARDS.c.day).where(CARDS.c.id.in_(cards))
        connection.execute(delete(ROLLED_DAYS).where(ROLLED_DAYS.c.day.in_(of_cards)))


def rolled_days(connection: Connection, since: date, until: date = date.max) -> set[date]:
    """The days of a period that are counted."""
    d = ROLLED_DAYS.c
    return set(connection.execute(select(d.day).where(d.ready.is_(True), d.day.between(since, until))).scalars())
