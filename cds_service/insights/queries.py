"""Asks the records. The database counts: what comes back is a row for each combination that occurred."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import cached_property
from typing import NamedTuple

from sqlalchemy import Connection

from cds_service.insights.counted import Calls, Counted, NotHad, Place, Row, Verdicts
from cds_service.insights.figures import Share
from cds_service.insights.period import Period
from cds_service.insights.scope import Scope
from cds_service.insights.sums import Sums
from cds_service.records.rolled_tables import (
    ROLLED_CALLS,
    ROLLED_CALLS_AT,
    ROLLED_PLACES,
    ROLLED_READING,
    ROLLED_TOLD,
    ROLLED_VERDICTS,
)
from cds_service.records.sums import ADDED, CARD, MISSING, QUIET, TRIAL, TRIAL_ADDED

_CALL = ("day", "service", "status", "knowledge", "ms", "on_trial")


class _Told(NamedTuple):
    """A number of what answers hold."""

    what: str
    day: date
    service: str
    name: str
    detail: str
    n: int


class Records:
    """The records of a period that a scope is about, in a database that the connection leads to."""

    def __init__(self, connection: Connection, period: Period, scope: Scope) -> None:
        self._scope = scope
        self._since = period.since
        self._sums = Sums(connection, period, scope)
        self._both = Sums(connection, Period(period.before.since, period.until), scope)

    def counted(self) -> Counted:
        """What is counted by days, of the period and the one before."""
        return Counted(
            list(self._calls()),
            [Row(day=t.day, count=t.n, service=t.service, rule=t.name) for t in self._of(CARD)],
            [*self._verdicts(), *self._strays()],
            [Row(day=t.day, count=t.n, rule=t.name) for t in self._of(QUIET)],
            [NotHad(day=t.day, count=t.n, key=t.name, outcome=t.detail) for t in self._of(MISSING)],
        )

    def added(self) -> dict[str, int]:
        """Cards of another rule that a rule added to."""
        sums = Counter[str]()
        for told in self._now(ADDED):
            sums[told.name] += told.n
        return dict(sums)

    def on_trial(self) -> Iterator[tuple[str, bool, int]]:
        """How often each rule on trial would have titled a card (true), or added to one (false)."""
        for what, leads in ((TRIAL, True), (TRIAL_ADDED, False)):
            yield from ((told.name, leads, told.n) for told in self._now(what))

    def places(self) -> Iterator[Place]:
        """Calls, those answered, and cards, by client and unit."""
        for client, unit, *numbers in self._sums.of(ROLLED_PLACES, ("client", "unit"), ("calls", "answered", "cards")):
            yield Place(client, unit, *map(int, numbers))

    def understood(self) -> dict[str, Share]:
        """Of each kind of entry how many were understood, and how many there were."""
        listed, unread = Counter[str](), Counter[str]()
        for what, these, of_them in self._sums.of(ROLLED_READING, ("what",), ("listed", "unread")):
            listed[what] += int(these)
            unread[what] += int(of_them)
        return {what: Share(listed[what] - unread[what], listed[what]) for what in sorted(listed)}

    def _calls(self) -> Iterator[Calls]:
        """Calls by day, service, status, knowledge version and milliseconds (to a tenth below 10, else whole)."""
        table = ROLLED_CALLS_AT if self._scope.client or self._scope.unit else ROLLED_CALLS
        for day, service, status, knowledge, ms, on_trial, n in self._both.of(table, _CALL):
            told = {"service": service, "status": status, "knowledge": knowledge, "ms": float(ms)}
            yield Calls(day=day, count=int(n), on_trial=bool(on_trial), **told)

    def _verdicts(self) -> Iterator[Verdicts]:
        """What became of the cards of the period, whenever it was told."""
        keys = ("day", "service", "rule", "outcome", "reason")
        for day, service, rule, outcome, reason, n in self._both.of(ROLLED_VERDICTS, keys):
            yield Verdicts(day=day, count=int(n), service=service, rule=rule, outcome=outcome, reason=reason)

    def _strays(self) -> Iterator[Verdicts]:
        """What was told in the period of cards that are not known."""
        for day, service, outcome, reason, n in self._both.strays():
            yield Verdicts(day=day, count=n, service=service, outcome=outcome, reason=reason)

    def _now(self, what: str) -> list[_Told]:
        return [told for told in self._of(what) if told.day >= self._since]

    def _of(self, what: str) -> list[_Told]:
        return [told for told in self._told if told.what == what]

    @cached_property
    def _told(self) -> list[_Told]:
        rows = self._both.of(ROLLED_TOLD, ("what", "day", "service", "name", "detail"))
        return [_Told(what, day, service, name, detail, int(n)) for what, day, service, name, detail, n in rows]
