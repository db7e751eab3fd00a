"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Create every table."""
    _create_answers()
    _create_cards()
    _create_feedback()
    _create_seen_tokens()


def _create_answers() -> None:
    op.create_table(
        "answers",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("day", sa.Date, nullable=False, index=True),
        sa.Column("service", sa.String(64), nullable=False),
        sa.Column("status", sa.SmallInteger, nullable=False),
        sa.Column("ms", sa.Float, nullable=False),
        sa.Column("knowledge", sa.String(16), nullable=False),
        sa.Column("client", sa.String(200), nullable=False),
        sa.Column("tenant", sa.String(200), nullable=False),
        sa.Column("cards", sa.SmallInteger, nullable=False),
    )
    op.create_table(
        "missing_data",
        sa.Column("answer_id", sa.String(36), primary_key=True),
        sa.Column("key", sa.String(40), primary_key=True),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("day", sa.Date, nullable=False, index=True),
    )
    op.create_table(
        "quieted",
        sa.Column("answer_id", sa.String(36), primary_key=True),
        sa.Column("rule", sa.String(64), primary_key=True),
        sa.Column("day", sa.Date, nullable=False, index=True),
    )


def _create_cards() -> None:
    op.create_table(
        "cards",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("answer_id", sa.String(36), nullable=False),
        sa.Column("day", sa.Date, nullable=False, index=True),
        sa.Column("service", sa.String(64), nullable=False),
        sa.Column("rule", sa.String(64), nullable=False),
        sa.Column("problem", sa.String(32), nullable=False),
        sa.Column("indicator", sa.String(16), nullable=False),
        sa.Column("knowledge", sa.String(16), nullable=False),
    )
    op.create_table(
        "card_rules",
        sa.Column("card_id", sa.String(36), primary_key=True),
        sa.Column("rule", sa.String(64), primary_key=True),
        sa.Column("leads", sa.Boolean, nullable=False),
        sa.Column("day", sa.Date, nullable=False, index=True),
    )
    op.create_table(
        "suggestions",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("card_id", sa.String(36), nullable=False),
        sa.Column("position", sa.SmallInteger, nullable=False),
        sa.Column("day", sa.Date, nullable=False, index=True),
    )


def _create_seen_tokens() -> None:
    # a service that needed it before the migration ran has made it already
    op.create_table(
        "seen_tokens",
        sa.Column("jti_hash", sa.LargeBinary(32), primary_key=True),
        sa.Column("exp", sa.Float, nullable=False),
        if_not_exists=True,
    )
    op.create_index("ix_seen_tokens_exp", "seen_tokens", ["exp"], if_not_exists=True)


def _create_feedback() -> None:
    op.create_table(
        "feedback",
        sa.Column("id", sa.String(64), primary_key=True),
        sa.Column("card_id", sa.String(36), nullable=False, index=True),
        sa.Column("service", sa.String(64), nullable=False),
        sa.Column("outcome", sa.String(16), nullable=False),
        sa.Column("suggestion_id", sa.String(36), nullable=False),
        sa.Column("reason", sa.String(64), nullable=False),
        sa.Column("comment", sa.Text, nullable=False),
        sa.Column("outcome_at", sa.String(40), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("shipped_at", sa.DateTime(timezone=True), nullable=False, server_default=sa.func.now()),
        sa.Column("day", sa.Date, nullable=False, index=True),
        sa.Column("client", sa.String(200), nullable=False),
    )
    op.create_index("ix_feedback_shipped_at", "feedback", ["shipped_at"])
