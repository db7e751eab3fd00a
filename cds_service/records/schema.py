"""The tables. A change here needs a migration (migrations/versions) and a new HEAD."""

from sqlalchemy import (
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    Text,
    func,
)

from cds_service.records.metadata import METADATA
from cds_service.records.rolled_tables import ROLLED_DAYS, ROLLED_TABLES

HEAD = "0007"

# One row an answered call; `day` is that of `at` in UTC, `ms` the milliseconds from request to answer. `trial_status`:
# what would have been answered, while the whole service is on trial and answers nothing; else null. `unit`: where the
# patient was, in the words of protocols; empty where nobody told.
ANSWERS = Table(
    "answers",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("day", Date, nullable=False, index=True),
    Column("service", String(64), nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("ms", Float, nullable=False),
    Column("knowledge", String(16), nullable=False),
    Column("client", String(200), nullable=False),
    Column("tenant", String(200), nullable=False),
    Column("cards", SmallInteger, nullable=False),
    Column("trial_status", SmallInteger),
    Column("unit", String(64), nullable=False, server_default=""),
)

# One row for each rule that would have spoken on a card, were it not on trial; `leads`: it would have titled the card.
ON_TRIAL = Table(
    "on_trial",
    METADATA,
    Column("answer_id", String(36), primary_key=True),
    Column("rule", String(64), primary_key=True),
    Column("leads", Boolean, nullable=False),
    Column("problem", String(32), nullable=False),
    Column("indicator", String(16), nullable=False),
    Column("service", String(64), nullable=False),
    Column("knowledge", String(16), nullable=False),
    Column("day", Date, nullable=False, index=True),
)

# One row for each answer that a candidate gave beside what was live; `hour` of the day in UTC, `ms` what it took.
# `cards` and `live_cards` were told by each, `differs` whether by other rules or as urgent as other.
CANDIDATE_CALLS = Table(
    "candidate_calls",
    METADATA,
    Column("answer_id", String(36), primary_key=True),
    Column("day", Date, nullable=False, index=True),
    Column("hour", SmallInteger, nullable=False),
    Column("service", String(64), nullable=False),
    Column("client", String(200), nullable=False),
    Column("knowledge", String(16), nullable=False),
    Column("status", SmallInteger, nullable=False),
    Column("live_status", SmallInteger, nullable=False),
    Column("cards", SmallInteger, nullable=False),
    Column("live_cards", SmallInteger, nullable=False),
    Column("differs", Boolean, nullable=False),
    Column("ms", Float, nullable=False),
    Column("unit", String(64), nullable=False, server_default=""),
)

# Of such an answer each rule that would title a card on one of the sides: what became of it there (shown, quiet,
# suppressed; empty: silent) and how urgent it is.
CANDIDATE_RULES = Table(
    "candidate_rules",
    METADATA,
    Column("answer_id", String(36), primary_key=True),
    Column("rule", String(64), primary_key=True),
    Column("trial", String(16), nullable=False),
    Column("trial_indicator", String(16), nullable=False),
    Column("live", String(16), nullable=False),
    Column("live_indicator", String(16), nullable=False),
    Column("day", Date, nullable=False, index=True),
)

# Prefetch keys of an answer that could not be had, and why (the outcomes of fhir_access).
MISSING_DATA = Table(
    "missing_data",
    METADATA,
    Column("answer_id", String(36), primary_key=True),
    Column("key", String(40), primary_key=True),
    Column("outcome", String(40), nullable=False),
    Column("day", Date, nullable=False, index=True),
)

# How many results, medicines, problems, stays and drafts an answer met, and how many of them nobody understood.
READING = Table(
    "reading",
    METADATA,
    Column("answer_id", String(36), primary_key=True),
    Column("what", String(32), primary_key=True),
    Column("unread", Integer, nullable=False),
    Column("listed", Integer, nullable=False),
    Column("day", Date, nullable=False, index=True),
)

# What was not understood, by code; system and code are empty for what has not the form of a code. Of a unit `system`
# is what was measured.
UNREAD = Table(
    "unread",
    METADATA,
    Column("answer_id", String(36), primary_key=True),
    Column("what", String(32), primary_key=True),
    Column("why", String(16), primary_key=True),
    Column("system", String(64), primary_key=True),
    Column("code", String(64), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("day", Date, nullable=False, index=True),
)

# One row a card; `rule` is the one that titles it, `problem` what it is about.
CARDS = Table(
    "cards",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("answer_id", String(36), nullable=False),
    Column("day", Date, nullable=False, index=True),
    Column("service", String(64), nullable=False),
    Column("rule", String(64), nullable=False),
    Column("problem", String(32), nullable=False),
    Column("indicator", String(16), nullable=False),
    Column("knowledge", String(16), nullable=False),
)

# Every rule that spoke on a card.
CARD_RULES = Table(
    "card_rules",
    METADATA,
    Column("card_id", String(36), primary_key=True),
    Column("rule", String(64), primary_key=True),
    Column("leads", Boolean, nullable=False),
    Column("day", Date, nullable=False, index=True),
)

SUGGESTIONS = Table(
    "suggestions",
    METADATA,
    Column("id", String(36), primary_key=True),
    Column("card_id", String(36), nullable=False),
    Column("position", SmallInteger, nullable=False),
    Column("day", Date, nullable=False, index=True),
)

# Rules whose advice was not repeated, since a clinician had answered it.
QUIETED = Table(
    "quieted",
    METADATA,
    Column("answer_id", String(36), primary_key=True),
    Column("rule", String(64), primary_key=True),
    Column("day", Date, nullable=False, index=True),
)

# What became of a card. `id` is a hash of card, outcome, suggestion and time, so that a repeated report is one row.
# `suggestion_id` is empty when none was named. A card that is not in `cards` is not known to us.
FEEDBACK = Table(
    "feedback",
    METADATA,
    Column("id", String(64), primary_key=True),
    Column("card_id", String(36), nullable=False, index=True),
    Column("service", String(64), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("suggestion_id", String(36), nullable=False),
    Column("reason", String(64), nullable=False),
    Column("comment", Text, nullable=False),
    Column("outcome_at", String(40), nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    Column("shipped_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("day", Date, nullable=False, index=True),
    Column("client", String(200), nullable=False),
)
SHIPPED = Index("ix_feedback_shipped_at", FEEDBACK.c.shipped_at)

# Tokens that were used, by a hash of issuer and token id, until they expire (seconds since 1970).
SEEN_TOKENS = Table(
    "seen_tokens",
    METADATA,
    Column("jti_hash", LargeBinary(32), primary_key=True),
    Column("exp", Float, nullable=False, index=True),
)

# Tables that are emptied by `day`; ANSWERS last, so that an interrupted purge can go on.
BY_DAY = (
    ROLLED_DAYS, *ROLLED_TABLES,
    CANDIDATE_RULES, CANDIDATE_CALLS, ON_TRIAL, MISSING_DATA, READING, UNREAD, CARD_RULES, SUGGESTIONS, QUIETED,
    FEEDBACK, CARDS, ANSWERS,
)  # fmt: skip
