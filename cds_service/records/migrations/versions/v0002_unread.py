"""What was not understood, and of how much."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Create the tables of what was read and what was not."""
    op.create_table(
        "reading",
        sa.Column("answer_id", sa.String(36), primary_key=True),
        sa.Column("what", sa.String(32), primary_key=True),
        sa.Column("unread", sa.Integer, nullable=False),
        sa.Column("listed", sa.Integer, nullable=False),
        sa.Column("day", sa.Date, nullable=False, index=True),
    )
    op.create_table(
        "unread",
        sa.Column("answer_id", sa.String(36), primary_key=True),
        sa.Column("what", sa.String(32), primary_key=True),
        sa.Column("why", sa.String(16), primary_key=True),
        sa.Column("system", sa.String(64), primary_key=True),
        sa.Column("code", sa.String(64), primary_key=True),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("day", sa.Date, nullable=False, index=True),
    )
