"""A candidate beside what was live: the same calls, what each told, by rule, urgency, moment and hour."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Integer, Select, case, cast, func, select

from cds_service.insights.beside import Beside, CandidateFigures, RuleBeside
from cds_service.insights.period import Period
from cds_service.insights.scope import EVERYTHING, Scope
from cds_service.records.became import QUIET, SHOWN, SUPPRESSED
from cds_service.records.schema import CANDIDATE_CALLS, CANDIDATE_RULES

_REFUSED = 412


def read_candidate(connection: Connection, period: Period, scope: Scope = EVERYTHING) -> CandidateFigures | None:
    """The figures of a period, of what a scope is about; None where no candidate ran. Its version is its own."""
    asked = _Asked(connection, period, scope)
    (total,) = asked.calls(None)
    if not total.calls:
        return None
    return CandidateFigures(
        versions=tuple(asked.versions()),
        totals=total,
        differ=asked.count(CANDIDATE_CALLS.c.differs.is_(True)),
        refused_live=asked.count(CANDIDATE_CALLS.c.live_status == _REFUSED),
        refused_trial=asked.count(CANDIDATE_CALLS.c.status == _REFUSED),
        rules=tuple(asked.rules()),
        indicators=tuple(asked.indicators(total.calls)),
        services=tuple(asked.calls(CANDIDATE_CALLS.c.service)),
        hours=tuple(asked.calls(CANDIDATE_CALLS.c.hour)),
    )


class _Asked:
    """The records of the candidates of a period, of what a scope is about."""

    def __init__(self, connection: Connection, period: Period, scope: Scope) -> None:
        self._connection = connection
        self._where = [CANDIDATE_CALLS.c[name] == value for name, value in scope.by_place.items()]
        self._days = (period.since, period.until)

    def calls(self, key: Column[str] | Column[int] | None) -> Iterator[Beside]:
        """Calls and cards by a column, in its order; of all together without one."""
        c = CANDIDATE_CALLS.c
        sums = func.count(), func.coalesce(func.sum(c.live_cards), 0), func.coalesce(func.sum(c.cards), 0)
        if key is None:
            yield from (Beside("", *map(int, row)) for row in self._connection.execute(self._of_calls(*sums)))
            return
        query = self._of_calls(key, *sums).group_by(key).order_by(key)
        for name, *numbers in self._connection.execute(query):
            yield Beside(str(name), *map(int, numbers))

    def count(self, condition: ColumnElement[bool]) -> int:
        """Calls of which something holds."""
        query = self._of_calls(func.count()).where(condition)
        return int(self._connection.execute(query).scalar_one())

    def versions(self) -> list[str]:
        """The versions of the candidates."""
        column = CANDIDATE_CALLS.c.knowledge
        return list(self._connection.execute(self._of_calls(column).distinct().order_by(column)).scalars())

    def rules(self) -> Iterator[RuleBeside]:
        """Each rule, the one that speaks most first."""
        r = CANDIDATE_RULES.c
        trial, live = r.trial == SHOWN, r.live == SHOWN
        parts = (live, trial, live & ~trial, trial & ~live, r.trial == QUIET, r.trial == SUPPRESSED)
        query = self._of_rules(r.rule, *(func.sum(cast(case((part, 1), else_=0), Integer)) for part in parts))
        found = [RuleBeside(rule, *map(int, n)) for rule, *n in self._connection.execute(query.group_by(r.rule))]
        return iter(sorted(found, key=lambda rule: (-max(rule.live, rule.trial), rule.rule)))

    def indicators(self, calls: int) -> Iterator[Beside]:
        """Cards by how urgent they are."""
        r = CANDIDATE_RULES.c
        live = self._by(r.live_indicator, r.live)
        trial = self._by(r.trial_indicator, r.trial)
        return (Beside(word, calls, live[word], trial[word]) for word in ("critical", "warning", "info"))

    def _by(self, indicator: Column[str], outcome: Column[str]) -> Counter[str]:
        query = self._of_rules(indicator, func.count()).where(outcome == SHOWN).group_by(indicator)
        return Counter(dict(self._connection.execute(query).all()))

    def _of_calls(self, *what: Any) -> Select[Any]:
        c = CANDIDATE_CALLS.c
        return select(*what).where(c.day.between(*self._days), *self._where)

    def _of_rules(self, *what: Any) -> Select[Any]:
        r, c = CANDIDATE_RULES.c, CANDIDATE_CALLS.c
        query = select(*what).where(r.day.between(*self._days))
        return query.join(CANDIDATE_CALLS, c.answer_id == r.answer_id).where(*self._where) if self._where else query
