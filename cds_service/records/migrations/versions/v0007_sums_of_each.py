"""Days that are over are counted by client, unit and version too; what was counted is counted anew."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_OF_ANSWER = (("service", 64), ("client", 200), ("unit", 64), ("knowledge", 16))
_FORMER = ("reading", "verdicts", "places")


def upgrade() -> None:
    """Make the tables of the sums again, and mark the days that were counted: the next tidying counts them."""
    op.execute(sa.text("UPDATE rolled_days SET ready = FALSE"))
    for name in _FORMER:
        op.drop_table(f"rolled_{name}")
    _sums("reading", ("what", 32), counts=("unread", "listed"))
    _sums("verdicts", ("rule", 64), ("outcome", 16), ("reason", 64))
    _sums("places", counts=("calls", "answered", "cards"))
    _sums("told", ("what", 32), ("name", 64), ("detail", 40))
    of_call = (("status", sa.SmallInteger), ("ms", sa.Float), ("on_trial", sa.Boolean))
    _sums("calls_at", more=tuple(_column(name, kind()) for name, kind in of_call))
    _table("strays", _column("feedback_id", sa.String(64)))


def _sums(
    name: str,
    *words: tuple[str, int],
    counts: tuple[str, ...] = ("count",),
    more: tuple["sa.Column[Any]", ...] = (),
) -> None:
    texts = (_column(word, sa.String(length)) for word, length in (*_OF_ANSWER, *words))
    _table(name, *texts, *more, *(_column(count, sa.Integer()) for count in counts))


def _table(name: str, *columns: "sa.Column[Any]") -> None:
    op.create_table(f"rolled_{name}", sa.Column("day", sa.Date, nullable=False, index=True), *columns)


def _column(name: str, kind: "sa.types.TypeEngine[Any]") -> "sa.Column[Any]":
    return sa.Column(name, kind, nullable=False)
