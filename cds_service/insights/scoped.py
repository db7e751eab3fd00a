"""Which rows a scope and a period are about, as conditions of a query."""

from typing import Any

from sqlalchemy import ColumnElement, Select, Table, select

from cds_service.insights.period import Period
from cds_service.insights.scope import Scope
from cds_service.records.schema import ANSWERS, CARDS

Conditions = list[ColumnElement[bool]]


def answers_of(scope: Scope, period: Period) -> Select[Any]:
    """The ids of the answers."""
    return select(ANSWERS.c.id).where(*rows_of(scope, ANSWERS, period))


def rows_of(scope: Scope, table: Table, period: Period) -> Conditions:
    """Of a table that names the service; of one that names no more, the answers decide."""
    columns = table.c
    found: Conditions = [columns.day.between(period.since, period.until)]
    found += [columns.service == scope.service] if scope.service else []
    if not scope.is_narrow:
        return found
    if table is not ANSWERS:
        return [*found, columns.answer_id.in_(answers_of(scope, period))]
    found += [columns[name] == value for name, value in scope.by_place.items()]
    return [*found, columns.knowledge == scope.version] if scope.version else found


def owned_of(scope: Scope, table: Table, period: Period) -> Conditions:
    """Of a table that names its answer or its card, and nothing else."""
    days = table.c.day.between(period.since, period.until)
    if not (scope.service or scope.is_narrow):
        return [days]
    if "answer_id" in table.c:
        return [days, table.c.answer_id.in_(answers_of(scope, period))]
    return [days, table.c.card_id.in_(select(CARDS.c.id).where(*rows_of(scope, CARDS, period)))]
