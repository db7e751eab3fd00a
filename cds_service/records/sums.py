"""What the days of the records sum up to: the query of each table of sums, over single records."""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    CompoundSelect,
    Join,
    Select,
    Table,
    and_,
    case,
    func,
    literal,
    select,
    union_all,
)

from cds_service.records.rolled_tables import (
    ROLLED_CALLS,
    ROLLED_CALLS_AT,
    ROLLED_PLACES,
    ROLLED_READING,
    ROLLED_STRAYS,
    ROLLED_TOLD,
    ROLLED_VERDICTS,
)
from cds_service.records.schema import ANSWERS, CARD_RULES, CARDS, FEEDBACK, MISSING_DATA, ON_TRIAL, QUIETED, READING

_FINE_MS = 10
_ANSWERED = 200
CARD, ADDED, QUIET, MISSING, TRIAL, TRIAL_ADDED = "card", "added", "quiet", "missing", "trial", "trial added"
Query = Select[Any] | CompoundSelect[Any]
Days = Collection[date]
_OF_ANSWER = (ANSWERS.c.service, ANSWERS.c.client, ANSWERS.c.unit, ANSWERS.c.knowledge)


def _calls(days: Days, *where: ColumnElement[bool]) -> Query:
    return _timed((ANSWERS.c.service, ANSWERS.c.knowledge), days, *where)


def _calls_at(days: Days, *where: ColumnElement[bool]) -> Query:
    return _timed(_OF_ANSWER, days, *where)


def _timed(of: tuple[ColumnElement[str], ...], days: Days, *where: ColumnElement[bool]) -> Query:
    """Milliseconds to a tenth below 10, above to a whole one."""
    a = ANSWERS.c
    ms = case((a.ms < _FINE_MS, func.round(a.ms * 10) / 10), else_=func.round(a.ms))
    on_trial = a.trial_status.is_not(None)
    named = (ms.label("ms"), on_trial.label("on_trial"), func.count().label("count"))
    query = select(a.day, *of, a.status, *named).where(a.day.in_(days), *where)
    return query.group_by(a.day, *of, a.status, ms, on_trial)


def _places(days: Days, *where: ColumnElement[bool]) -> Query:
    """Cards of a trial were shown to nobody."""
    a = ANSWERS.c
    told = and_(a.status == _ANSWERED, a.trial_status.is_(None))
    sums = (
        func.count().label("calls"),
        func.sum(case((told, 1), else_=0)).label("answered"),
        func.sum(case((told, a.cards), else_=0)).label("cards"),
    )
    return select(a.day, *_OF_ANSWER, *sums).where(a.day.in_(days), *where).group_by(a.day, *_OF_ANSWER)


def _reading(days: Days, *where: ColumnElement[bool]) -> Query:
    r, keys = READING.c, (READING.c.day, *_OF_ANSWER, READING.c.what)
    sums = func.sum(r.unread).label("unread"), func.sum(r.listed).label("listed")
    return select(*keys, *sums).select_from(_with_answer(READING)).where(r.day.in_(days), *where).group_by(*keys)


def _verdicts(days: Days, *where: ColumnElement[bool]) -> Query:
    """What became of the cards of the days; feedback on cards that nobody knows is not counted here."""
    last = last_word(FEEDBACK.c.card_id.in_(select(CARDS.c.id).where(CARDS.c.day.in_(days))))
    keys = (CARDS.c.day, *_OF_ANSWER, CARDS.c.rule, last.c.outcome, last.c.reason)
    found = last.join(CARDS, CARDS.c.id == last.c.card_id).join(ANSWERS, ANSWERS.c.id == CARDS.c.answer_id)
    query = select(*keys, func.count().label("count")).select_from(found)
    return query.where(last.c.place == 1, *where).group_by(*keys)


def last_word(*where: ColumnElement[bool]) -> Any:
    """Feedback with its `place` among that about the same card: accepted before overridden, the latest first."""
    f = FEEDBACK.c
    order = (case((f.outcome == "accepted", 0), else_=1), f.received_at.desc(), f.id)
    place = func.row_number().over(partition_by=f.card_id, order_by=order).label("place")
    return select(f.card_id, f.day, f.service, f.client, f.outcome, f.reason, place).where(*where).subquery()


class _Kind(NamedTuple):
    """A number that answers hold: its word, the table with a row for each, and which of its columns are counted by."""

    what: str
    table: Table
    name: ColumnElement[str]
    detail: ColumnElement[str] = literal("")
    more: tuple[ColumnElement[bool], ...] = ()


_KINDS = (
    _Kind(CARD, CARDS, CARDS.c.rule),
    _Kind(ADDED, CARD_RULES, CARD_RULES.c.rule, more=(CARD_RULES.c.leads.is_(False),)),
    _Kind(QUIET, QUIETED, QUIETED.c.rule),
    _Kind(MISSING, MISSING_DATA, MISSING_DATA.c.key, MISSING_DATA.c.outcome),
    _Kind(TRIAL, ON_TRIAL, ON_TRIAL.c.rule, more=(ON_TRIAL.c.leads.is_(True),)),
    _Kind(TRIAL_ADDED, ON_TRIAL, ON_TRIAL.c.rule, more=(ON_TRIAL.c.leads.is_(False),)),
)


def _told(days: Days, *where: ColumnElement[bool]) -> Query:
    return union_all(*(_numbers(kind, days, *where) for kind in _KINDS))


def _numbers(kind: _Kind, days: Days, *where: ColumnElement[bool]) -> Select[Any]:
    table, keys = kind.table, (kind.table.c.day, *_OF_ANSWER, kind.name)
    named = (literal(kind.what).label("what"), kind.name.label("name"), kind.detail.label("detail"))
    query = select(table.c.day, *_OF_ANSWER, *named, func.count().label("count")).select_from(_with_answer(table))
    query = query.where(table.c.day.in_(days), *kind.more, *where)
    return query.group_by(*keys, *([kind.detail] if isinstance(kind.detail, Column) else []))


def _with_answer(table: Table) -> Join:
    """Each row with the answer that it is about, or that its card is of."""
    if "answer_id" in table.c:
        return table.join(ANSWERS, ANSWERS.c.id == table.c.answer_id)
    return table.join(CARDS, CARDS.c.id == table.c.card_id).join(ANSWERS, ANSWERS.c.id == CARDS.c.answer_id)


def _strays(days: Days, *where: ColumnElement[bool]) -> Query:
    f = FEEDBACK.c
    found = FEEDBACK.outerjoin(CARDS, CARDS.c.id == f.card_id)
    query = select(f.day, f.id.label("feedback_id")).select_from(found)
    return query.where(f.day.in_(days), CARDS.c.id.is_(None), *where)


# Conditions are about the answers; of the last, about the feedback.
SUMS: Mapping[Table, Callable[..., Query]] = {
    ROLLED_CALLS: _calls,
    ROLLED_CALLS_AT: _calls_at,
    ROLLED_PLACES: _places,
    ROLLED_READING: _reading,
    ROLLED_VERDICTS: _verdicts,
    ROLLED_TOLD: _told,
    ROLLED_STRAYS: _strays,
}
