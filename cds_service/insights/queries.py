"""Asks the records. The database counts: what comes back is a row for each combination that occurred."""

from collections.abc import Iterator

from sqlalchemy import Column, ColumnElement, Connection, FromClause, Table, case, func, select

from cds_service.insights.counted import Calls, Counted, NotHad, Row, Verdicts
from cds_service.insights.period import Period
from cds_service.records.schema import ANSWERS, CARD_RULES, CARDS, FEEDBACK, MISSING_DATA, ON_TRIAL, QUIETED

Conditions = list[ColumnElement[bool]]
_FINE_MS = 10


def counted(connection: Connection, period: Period, service: str) -> Counted:
    """Everything of the period, of one service or of all when none is named."""
    records = Records(connection, service)
    return Counted(
        list(records.calls(period)),
        list(records.cards(period)),
        list(records.verdicts(period)),
        list(records.quieted(period)),
        list(records.not_had(period)),
    )


class Records:
    """The records of one service, or of all when none is named, in a database that the connection leads to."""

    def __init__(self, connection: Connection, service: str) -> None:
        self._connection = connection
        self._service = service

    def calls(self, period: Period) -> Iterator[Calls]:
        """Calls by day, service, status, knowledge version and milliseconds (to a tenth below 10, else whole)."""
        a = ANSWERS.c
        ms = case((a.ms < _FINE_MS, func.round(a.ms * 10) / 10), else_=func.round(a.ms))
        keys = (a.day, a.service, a.status, a.knowledge, ms, a.trial_status.is_not(None))
        for day in period.days():  # one at a time: sorting all of them at once takes SQLite twice as long
            query = select(*keys, func.count()).where(*self._of(ANSWERS, Period(day, day))).group_by(*keys)
            for _, at, status, knowledge, milliseconds, on_trial, n in self._connection.execute(query):
                told = {"service": at, "status": status, "knowledge": knowledge, "ms": float(milliseconds)}
                yield Calls(day=day, count=n, on_trial=bool(on_trial), **told)

    def cards(self, period: Period) -> Iterator[Row]:
        """Cards by day, rule that titles them, and service."""
        keys = (CARDS.c.day, CARDS.c.rule, CARDS.c.service)
        query = select(*keys, func.count()).where(*self._of(CARDS, period)).group_by(*keys)
        for day, rule, service, n in self._connection.execute(query):
            yield Row(day=day, count=n, service=service, rule=rule)

    def verdicts(self, period: Period) -> Iterator[Verdicts]:
        """What became of the cards of the period, whenever it was told, and what was told of unknown cards in it."""
        last = _last_word(period)
        day = case((CARDS.c.id.is_(None), last.c.day), else_=CARDS.c.day)
        service = func.coalesce(CARDS.c.service, last.c.service)
        keys = (day, CARDS.c.rule, service, last.c.outcome, last.c.reason)
        where = [last.c.place == 1, day.between(period.since, period.until)]
        where += [service == self._service] if self._service else []
        found = last.outerjoin(CARDS, CARDS.c.id == last.c.card_id)
        query = select(*keys, func.count()).select_from(found).where(*where).group_by(*keys)
        for when, rule, at, outcome, reason, n in self._connection.execute(query):
            yield Verdicts(day=when, count=n, service=at, rule=rule or "", outcome=outcome, reason=reason)

    def added(self, period: Period) -> dict[str, int]:
        """Cards of another rule that a rule added to."""
        r = CARD_RULES.c
        found, where = self._owned(CARD_RULES, period, CARDS, r.card_id)
        query = select(r.rule, func.count()).select_from(found).where(*where, r.leads.is_(False)).group_by(r.rule)
        return dict(self._connection.execute(query).all())

    def on_trial(self, period: Period) -> Iterator[tuple[str, bool, int]]:
        """How often each rule on trial would have titled a card (true), or added to one (false)."""
        keys = (ON_TRIAL.c.rule, ON_TRIAL.c.leads)
        query = select(*keys, func.count()).where(*self._of(ON_TRIAL, period)).group_by(*keys)
        for rule, leads, n in self._connection.execute(query):
            yield rule, bool(leads), n

    def quieted(self, period: Period) -> Iterator[Row]:
        """Advice that was not repeated, by day and rule."""
        keys = (QUIETED.c.day, QUIETED.c.rule)
        found, where = self._owned(QUIETED, period, ANSWERS, QUIETED.c.answer_id)
        query = select(*keys, func.count()).select_from(found).where(*where).group_by(*keys)
        for day, rule, n in self._connection.execute(query):
            yield Row(day=day, count=n, rule=rule)

    def not_had(self, period: Period) -> Iterator[NotHad]:
        """Data that could not be had, by day, key and reason."""
        keys = (MISSING_DATA.c.day, MISSING_DATA.c.key, MISSING_DATA.c.outcome)
        found, where = self._owned(MISSING_DATA, period, ANSWERS, MISSING_DATA.c.answer_id)
        query = select(*keys, func.count()).select_from(found).where(*where).group_by(*keys)
        for day, key, outcome, n in self._connection.execute(query):
            yield NotHad(day=day, count=n, key=key, outcome=outcome)

    def _of(self, table: Table, period: Period) -> Conditions:
        service = [table.c.service == self._service] if self._service else []
        return [table.c.day.between(period.since, period.until), *service]

    def _owned(self, table: Table, period: Period, owner: Table, key: Column[str]) -> tuple[FromClause, Conditions]:
        """Rows of a table that does not name the service; the table that owns them does, and is asked if need be."""
        days = table.c.day.between(period.since, period.until)
        if not self._service:
            return table, [days]
        return table.join(owner, owner.c.id == key), [days, owner.c.service == self._service]


def _last_word(period: Period) -> FromClause:
    """Feedback with its `place` among that about the same card: accepted before overridden, the latest first."""
    f = FEEDBACK.c
    order = (case((f.outcome == "accepted", 0), else_=1), f.received_at.desc(), f.id)
    place = func.row_number().over(partition_by=f.card_id, order_by=order).label("place")
    kept = select(f.card_id, f.day, f.service, f.outcome, f.reason, place).where(f.day >= period.since)
    return kept.subquery()
