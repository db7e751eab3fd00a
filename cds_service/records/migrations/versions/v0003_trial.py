"""What would have been answered and said, but for a trial."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Mark the answers of a trial, and create the table of the rules on trial."""
    op.add_column("answers", sa.Column("trial_status", sa.SmallInteger))
    op.create_table(
        "on_trial",
        sa.Column("answer_id", sa.String(36), primary_key=True),
        sa.Column("rule", sa.String(64), primary_key=True),
        sa.Column("leads", sa.Boolean, nullable=False),
        sa.Column("problem", sa.String(32), nullable=False),
        sa.Column("indicator", sa.String(16), nullable=False),
        sa.Column("service", sa.String(64), nullable=False),
        sa.Column("knowledge", sa.String(16), nullable=False),
        sa.Column("day", sa.Date, nullable=False, index=True),
    )
