"""Asks the records. The database counts: what comes back is a row for each combination that occurred."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, case, func, or_, select, true

from cds_service.insights.counted import Calls, Counted, NotHad, Place, Row, Verdicts
from cds_service.insights.period import Period
from cds_service.insights.scope import Scope
from cds_service.insights.scoped import Conditions, answers_of, owned_of, rows_of
from cds_service.records.rollups import last_word, milliseconds, places, rolled_days
from cds_service.records.schema import (
    ANSWERS,
    CARD_RULES,
    CARDS,
    FEEDBACK,
    MISSING_DATA,
    ON_TRIAL,
    QUIETED,
    ROLLED_CALLS,
    ROLLED_PLACES,
    ROLLED_VERDICTS,
)


def counted(connection: Connection, period: Period, scope: Scope) -> Counted:
    """Everything of the period that a scope is about."""
    records = Records(connection, scope)
    return Counted(
        list(records.calls(period)),
        list(records.cards(period)),
        list(records.verdicts(period)),
        list(records.quieted(period)),
        list(records.not_had(period)),
    )


class Records:
    """The records that a scope is about, in a database that the connection leads to."""

    def __init__(self, connection: Connection, scope: Scope) -> None:
        self._connection = connection
        self._scope = scope

    def calls(self, period: Period) -> Iterator[Calls]:
        """Calls by day, service, status, knowledge version and milliseconds (to a tenth below 10, else whole)."""
        rolled = self._rolled(period)
        r, a = ROLLED_CALLS.c, ANSWERS.c
        if rolled:
            query = select(r.day, r.service, r.status, r.knowledge, r.ms, r.on_trial, r.count)
            query = query.where(*rows_of(self._scope, ROLLED_CALLS, period))
            yield from (_calls(row) for row in self._connection.execute(query) if row[0] in rolled)
        keys = (a.day, a.service, a.status, a.knowledge, milliseconds(), a.trial_status.is_not(None))
        for day in period.days():  # one at a time: sorting all of them at once takes SQLite twice as long
            if day not in rolled:
                query = (
                    select(*keys, func.count()).where(*rows_of(self._scope, ANSWERS, Period(day, day))).group_by(*keys)
                )
                yield from map(_calls, self._connection.execute(query))

    def cards(self, period: Period) -> Iterator[Row]:
        """Cards by day, rule that titles them, and service."""
        keys = (CARDS.c.day, CARDS.c.rule, CARDS.c.service)
        query = select(*keys, func.count()).where(*rows_of(self._scope, CARDS, period)).group_by(*keys)
        for day, rule, service, n in self._connection.execute(query):
            yield Row(day=day, count=n, service=service, rule=rule)

    def verdicts(self, period: Period) -> Iterator[Verdicts]:
        """What became of the cards of the period, whenever it was told, and what was told of unknown cards in it."""
        rolled = self._rolled(period)
        v = ROLLED_VERDICTS.c
        if rolled:
            query = select(v.day, v.rule, v.service, v.outcome, v.reason, v.count)
            query = query.where(*rows_of(self._scope, ROLLED_VERDICTS, period))
            yield from (_verdicts(row) for row in self._connection.execute(query) if row[0] in rolled)
        yield from (row for row in self._single_verdicts(period, rolled) if not (row.rule and row.day in rolled))

    def _single_verdicts(self, period: Period, rolled: Collection[date]) -> Iterator[Verdicts]:
        """From single feedback: of the days that are not counted yet, and of unknown cards."""
        in_days = CARDS.c.day.between(period.since, period.until), CARDS.c.day.not_in(rolled)
        known = FEEDBACK.c.card_id.in_(select(CARDS.c.id).where(*in_days))
        unknown = FEEDBACK.c.card_id.not_in(select(CARDS.c.id))
        last = last_word(period.since, or_(known, unknown) if rolled else true())
        day = case((CARDS.c.id.is_(None), last.c.day), else_=CARDS.c.day)
        service = func.coalesce(CARDS.c.service, last.c.service)
        keys = (day, CARDS.c.rule, service, last.c.outcome, last.c.reason)
        where = [last.c.place == 1, day.between(period.since, period.until)]
        where += self._of_verdicts(service, last.c.client, period)
        found = last.outerjoin(CARDS, CARDS.c.id == last.c.card_id)
        query = select(*keys, func.count()).select_from(found).where(*where).group_by(*keys)
        yield from map(_verdicts, self._connection.execute(query))

    def added(self, period: Period) -> dict[str, int]:
        """Cards of another rule that a rule added to."""
        r = CARD_RULES.c
        where = (*owned_of(self._scope, CARD_RULES, period), r.leads.is_(False))
        query = select(r.rule, func.count()).where(*where).group_by(r.rule)
        return dict(self._connection.execute(query).all())

    def on_trial(self, period: Period) -> Iterator[tuple[str, bool, int]]:
        """How often each rule on trial would have titled a card (true), or added to one (false)."""
        keys = (ON_TRIAL.c.rule, ON_TRIAL.c.leads)
        query = select(*keys, func.count()).where(*rows_of(self._scope, ON_TRIAL, period)).group_by(*keys)
        for rule, leads, n in self._connection.execute(query):
            yield rule, bool(leads), n

    def quieted(self, period: Period) -> Iterator[Row]:
        """Advice that was not repeated, by day and rule."""
        keys = (QUIETED.c.day, QUIETED.c.rule)
        query = select(*keys, func.count()).where(*owned_of(self._scope, QUIETED, period)).group_by(*keys)
        for day, rule, n in self._connection.execute(query):
            yield Row(day=day, count=n, rule=rule)

    def not_had(self, period: Period) -> Iterator[NotHad]:
        """Data that could not be had, by day, key and reason."""
        keys = (MISSING_DATA.c.day, MISSING_DATA.c.key, MISSING_DATA.c.outcome)
        query = select(*keys, func.count()).where(*owned_of(self._scope, MISSING_DATA, period)).group_by(*keys)
        for day, key, outcome, n in self._connection.execute(query):
            yield NotHad(day=day, count=n, key=key, outcome=outcome)

    def places(self, period: Period) -> Iterator[Place]:
        """Calls, those answered, and cards, by client and unit; those of one day and service apart."""
        rolled, r = self._rolled(period), ROLLED_PLACES.c
        columns = (r.client, r.unit, r.calls, r.answered, r.cards)
        if rolled:
            query = select(*columns).where(*rows_of(self._scope, ROLLED_PLACES, period), r.day.in_(rolled))
            yield from (Place(*row) for row in self._connection.execute(query))
        left = [day for day in period.days() if day not in rolled]
        single = places(*rows_of(self._scope, ANSWERS, period), ANSWERS.c.day.in_(left))
        for _, _, *row in self._connection.execute(single):
            yield Place(*row)

    def _rolled(self, period: Period) -> set[date]:
        """The days that are read from their sums."""
        return set() if self._scope.is_narrow else rolled_days(self._connection, period.since, period.until)

    def _of_verdicts(self, service: ColumnElement[str], client: ColumnElement[str], period: Period) -> Conditions:
        """Of a card that is known its answer decides; of another the feedback tells the client, and no more."""
        scope = self._scope
        found = [service == scope.service] if scope.service else []
        if scope.is_narrow:
            of_answer = CARDS.c.answer_id.in_(answers_of(scope, period))
            of_nobody = and_(CARDS.c.id.is_(None), client == scope.client)
            found.append(of_answer if scope.unit or scope.version else or_(of_answer, of_nobody))
        return found


def _calls(row: Sequence[Any]) -> Calls:
    day, service, status, knowledge, ms, on_trial, n = row
    told = {"service": service, "status": status, "knowledge": knowledge, "ms": float(ms)}
    return Calls(day=day, count=n, on_trial=bool(on_trial), **told)


def _verdicts(row: Sequence[Any]) -> Verdicts:
    day, rule, service, outcome, reason, n = row
    return Verdicts(day=day, count=n, service=service, rule=rule or "", outcome=outcome, reason=reason)
