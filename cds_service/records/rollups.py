"""Days that are over, counted once: what insights read of 90 days are sums, and only of the last days single records.

A day is marked first and counted at a later tidying. Whoever ships a record of it meanwhile, or ever after, takes the
mark away, and it is counted anew: so a record that comes late is in every figure.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, Engine, Select, Table, and_, case, delete, func, insert, select, update

from cds_service.records.schema import (
    ANSWERS,
    CARDS,
    FEEDBACK,
    READING,
    ROLLED_CALLS,
    ROLLED_DAYS,
    ROLLED_PLACES,
    ROLLED_READING,
    ROLLED_VERDICTS,
)

_FINE_MS = 10
_ANSWERED = 200
Row = Mapping[str, Any]


def milliseconds() -> Any:
    """The time to answer as it is counted: to a tenth below 10, above to a whole millisecond."""
    ms = ANSWERS.c.ms
    return case((ms < _FINE_MS, func.round(ms * 10) / 10), else_=func.round(ms))


def last_word(since: date, *more: Any) -> Any:
    """Feedback with its `place` among that about the same card: accepted before overridden, the latest first."""
    f = FEEDBACK.c
    order = (case((f.outcome == "accepted", 0), else_=1), f.received_at.desc(), f.id)
    place = func.row_number().over(partition_by=f.card_id, order_by=order).label("place")
    kept = select(f.card_id, f.day, f.service, f.client, f.outcome, f.reason, place).where(f.day >= since, *more)
    return kept.subquery()


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
    queries = {ROLLED_CALLS: _calls(day), ROLLED_READING: _reading(day), ROLLED_VERDICTS: _verdicts(day)}
    queries[ROLLED_PLACES] = places(ANSWERS.c.day == day)
    for table, query in queries.items():
        connection.execute(delete(table).where(table.c.day == day))
        connection.execute(insert(table).from_select([column.name for column in query.selected_columns], query))
    connection.execute(update(ROLLED_DAYS).where(ROLLED_DAYS.c.day == day).values(ready=True))


def _calls(day: date) -> Select[Any]:
    a, ms, on_trial = ANSWERS.c, milliseconds(), ANSWERS.c.trial_status.is_not(None)
    keys = (a.day, a.service, a.status, a.knowledge)
    named = (ms.label("ms"), on_trial.label("on_trial"), func.count().label("count"))
    return select(*keys, *named).where(a.day == day).group_by(*keys, ms, on_trial)


def _reading(day: date) -> Select[Any]:
    r, keys = READING.c, (READING.c.day, ANSWERS.c.service, READING.c.what)
    sums = func.sum(r.unread).label("unread"), func.sum(r.listed).label("listed")
    found = READING.join(ANSWERS, ANSWERS.c.id == r.answer_id)
    return select(*keys, *sums).select_from(found).where(r.day == day).group_by(*keys)


def _verdicts(day: date) -> Select[Any]:
    """What became of the cards of a day; feedback on cards that nobody knows is not counted here."""
    last = last_word(day, FEEDBACK.c.card_id.in_(select(CARDS.c.id).where(CARDS.c.day == day)))
    keys = (CARDS.c.day, CARDS.c.rule, CARDS.c.service, last.c.outcome, last.c.reason)
    found = last.join(CARDS, CARDS.c.id == last.c.card_id)
    query = select(*keys, func.count().label("count")).select_from(found)
    return query.where(last.c.place == 1, CARDS.c.day == day).group_by(*keys)


def places(*where: Any) -> Select[Any]:
    """Calls and cards by day, service, client and unit; cards of a trial were shown to nobody."""
    a = ANSWERS.c
    keys = (a.day, a.service, a.client, a.unit)
    told = and_(a.status == _ANSWERED, a.trial_status.is_(None))
    sums = (
        func.count().label("calls"),
        func.sum(case((told, 1), else_=0)).label("answered"),
        func.sum(case((told, a.cards), else_=0)).label("cards"),
    )
    return select(*keys, *sums).where(*where).group_by(*keys)


def count_anew(connection: Connection, rows: Mapping[Table, Iterable[Row]]) -> None:
    """Take away the marks of the days that new records are about: of answers, and of cards that were answered."""
    days = {row["day"] for row in rows.get(ANSWERS, ())}
    cards = [row["card_id"] for row in rows.get(FEEDBACK, ())]
    if days:
        connection.execute(delete(ROLLED_DAYS).where(ROLLED_DAYS.c.day.in_(days)))
    if cards:
        of_cards = select(CARDS.c.day).where(CARDS.c.id.in_(cards))
        connection.execute(delete(ROLLED_DAYS).where(ROLLED_DAYS.c.day.in_(of_cards)))


def rolled_days(connection: Connection, since: date, until: date) -> set[date]:
    """The days of a period that are counted."""
    d = ROLLED_DAYS.c
    return set(connection.execute(select(d.day).where(d.ready.is_(True), d.day.between(since, until))).scalars())
