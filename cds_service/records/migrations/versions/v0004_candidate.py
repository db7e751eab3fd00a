"""What a candidate would have answered beside what was live."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Create the tables of the candidate's answers."""
    op.create_table(
        "candidate_calls",
        sa.Column("answer_id", sa.String(36), primary_key=True),
        sa.Column("day", sa.Date, nullable=False, index=True),
        sa.Column("hour", sa.SmallInteger, nullable=False),
        sa.Column("service", sa.String(64), nullable=False),
        sa.Column("client", sa.String(200), nullable=False),
        sa.Column("knowledge", sa.String(16), nullable=False),
        sa.Column("status", sa.SmallInteger, nullable=False),
        sa.Column("live_status", sa.SmallInteger, nullable=False),
        sa.Column("cards", sa.SmallInteger, nullable=False),
        sa.Column("live_cards", sa.SmallInteger, nullable=False),
        sa.Column("differs", sa.Boolean, nullable=False),
        sa.Column("ms", sa.Float, nullable=False),
    )
    op.create_table(
        "candidate_rules",
        sa.Column("answer_id", sa.String(36), primary_key=True),
        sa.Column("rule", sa.String(64), primary_key=True),
        sa.Column("trial", sa.String(16), nullable=False),
        sa.Column("trial_indicator", sa.String(16), nullable=False),
        sa.Column("live", sa.String(16), nullable=False),
        sa.Column("live_indicator", sa.String(16), nullable=False),
        sa.Column("day", sa.Date, nullable=False, index=True),
    )
