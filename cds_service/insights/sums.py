"""The sums of a period, of what a scope is about: of days that are counted as they were kept, of others counted now."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Connection, FromClause, Select, Table, func, or_, select

from cds_service.insights.period import Period
from cds_service.insights.scope import Scope
from cds_service.records.rolled_tables import ROLLED_CALLS, ROLLED_CALLS_AT, ROLLED_STRAYS
from cds_service.records.rollups import rolled_days
from cds_service.records.schema import ANSWERS, CARDS, FEEDBACK
from cds_service.records.sums import SUMS, last_word

Row = Sequence[Any]
_ONE_BY_ONE = (ROLLED_CALLS, ROLLED_CALLS_AT)  # sorting the calls of many days at once takes SQLite twice as long


class Sums:
    """Reads the sums of a period on a connection."""

    def __init__(self, connection: Connection, period: Period, scope: Scope) -> None:
        self._connection = connection
        self._period = period
        self._scope = scope
        self._rolled = rolled_days(connection, period.since, period.until)
        first = connection.execute(select(func.min(ANSWERS.c.day))).scalar() or period.until
        self._left = _left(self._rolled, max(first, period.since), period.until)

    def of(self, table: Table, keys: Sequence[str], numbers: Sequence[str] = ("count",)) -> Iterator[Row]:
        """Numbers of a table by some of its columns, behind those; what has the same keys may come in parts."""
        if self._rolled:
            yield from self._summed(table, keys, numbers, table.c.day.in_(self._rolled), *self._where(table))
        for days in [[day] for day in self._left] if table in _ONE_BY_ONE else [self._left] * bool(self._left):
            yield from self._summed(SUMS[table](days, *self._where(ANSWERS)).subquery(), keys, numbers)

    def strays(self) -> Iterator[Row]:
        """Day, service, outcome and reason of feedback about cards that nobody knows, and how much of it there is.

        It tells the client, and nothing of unit and version.
        """
        if not (self._scope.unit or self._scope.version):
            yield from self._connection.execute(self._strays())

    def _strays(self) -> Select[Any]:
        f, kept, since = FEEDBACK.c, ROLLED_STRAYS.c, self._period.since
        rolled = rolled_days(self._connection, since)
        latest = self._connection.execute(select(func.max(f.day))).scalar() or since
        counted = f.id.in_(select(kept.feedback_id).where(kept.day.in_(rolled)))
        known = select(CARDS.c.id).where(CARDS.c.id == f.card_id).exists()
        last = last_word(or_(counted, f.day.in_(_left(rolled, since, latest))), ~known)
        keys = (last.c.day, last.c.service, last.c.outcome, last.c.reason)
        of = [last.c[name] == value for name, value in self._scope.by_place.items()]
        days = last.c.day.between(since, self._period.until)
        return select(*keys, func.count()).where(last.c.place == 1, days, *of).group_by(*keys)

    def _summed(
        self, source: FromClause, keys: Sequence[str], numbers: Sequence[str], *where: ColumnElement[bool]
    ) -> Iterator[Row]:
        by = [source.c[key] for key in keys]
        query = select(*by, *(func.sum(source.c[number]) for number in numbers)).where(*where).group_by(*by)
        yield from self._connection.execute(query)

    def _where(self, table: Table) -> list[ColumnElement[bool]]:
        return [table.c[name] == value for name, value in self._scope.of_answer.items()]


def _left(rolled: Collection[date], since: date, until: date) -> list[date]:
    """The days that are not counted."""
    return [day for day in Period(since, until).days() if day not in rolled]
