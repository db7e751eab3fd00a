"""Where the patient was, and calls by client and unit; what was counted is counted anew."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Answers and the calls of candidates tell the unit; calls are counted by client and unit."""
    for table in ("answers", "candidate_calls"):
        op.add_column(table, _text("unit", 64, default=""))
    op.execute(sa.delete(sa.table("rolled_days")))
    words = (("service", 64), ("client", 200), ("unit", 64))
    counts = ("calls", "answered", "cards")
    op.create_table(
        "rolled_places",
        sa.Column("day", sa.Date, nullable=False, index=True),
        *(_text(name, length) for name, length in words),
        *(sa.Column(name, sa.Integer, nullable=False) for name in counts),
    )


def _text(name: str, length: int, default: str | None = None) -> "sa.Column[object]":
    return sa.Column(name, sa.String(length), nullable=False, server_default=default)
