"""Days that are over, counted once."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Create the tables of the counted days."""
    op.create_table("rolled_days", sa.Column("day", sa.Date, primary_key=True), _whole("ready", sa.Boolean))
    _sums("calls", _text("service", 64), _whole("status", sa.SmallInteger), _text("knowledge", 16), *_of_calls())
    _sums("reading", _text("service", 64), _text("what", 32), _whole("unread"), _whole("listed"))
    words = (("rule", 64), ("service", 64), ("outcome", 16), ("reason", 64))
    _sums("verdicts", *(_text(name, length) for name, length in words), _whole("count"))


def _of_calls() -> tuple["sa.Column[object]", ...]:
    return _whole("ms", sa.Float), _whole("on_trial", sa.Boolean), _whole("count")


def _sums(name: str, *columns: "sa.Column[object]") -> None:
    op.create_table(f"rolled_{name}", sa.Column("day", sa.Date, nullable=False, index=True), *columns)


def _text(name: str, length: int) -> "sa.Column[object]":
    return sa.Column(name, sa.String(length), nullable=False)


def _whole(name: str, kind: type = sa.Integer) -> "sa.Column[object]":
    return sa.Column(name, kind, nullable=False)
