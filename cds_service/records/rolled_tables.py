"""The tables of the days that are counted. A change here needs a migration, as one of the other tables does."""

from typing import Any

from sqlalchemy import Boolean, Column, Date, Float, Integer, SmallInteger, String, Table

from cds_service.records.metadata import METADATA

# Days that are counted in the tables below (`ready`), or marked to be.
ROLLED_DAYS = Table(
    "rolled_days", METADATA, Column("day", Date, primary_key=True), Column("ready", Boolean, nullable=False)
)

_WORDS = {
    "service": 64, "client": 200, "unit": 64, "knowledge": 16,
    "what": 32, "rule": 64, "name": 64, "detail": 40, "outcome": 16, "reason": 64, "feedback_id": 64,
}  # fmt: skip
# What a sum is told by, as an answer has it: moment, who called, where the patient was, version of the knowledge.
_OF_ANSWER = ("service", "client", "unit", "knowledge")


def _rolled(name: str, words: tuple[str, ...], *more: Column[Any]) -> Table:
    texts = (Column(word, String(_WORDS[word]), nullable=False) for word in words)
    return Table(f"rolled_{name}", METADATA, Column("day", Date, nullable=False, index=True), *texts, *more)


def _counts(*names: str) -> list[Column[int]]:
    return [Column(name, Integer, nullable=False) for name in names]


def _of_call() -> list[Column[Any]]:
    """`ms` as it is rounded for counting."""
    kinds = (("status", SmallInteger), ("ms", Float), ("on_trial", Boolean), ("count", Integer))
    return [Column(name, kind, nullable=False) for name, kind in kinds]


# Calls by how long they took: of all clients and units, which is far fewer rows, and of each.
ROLLED_CALLS = _rolled("calls", ("service", "knowledge"), *_of_call())
ROLLED_CALLS_AT = _rolled("calls_at", _OF_ANSWER, *_of_call())

# Calls by who called and where the patient was; `answered`: with status 200, and not silently.
ROLLED_PLACES = _rolled("places", _OF_ANSWER, *_counts("calls", "answered", "cards"))

# How many entries were listed, and how many of them nobody understood.
ROLLED_READING = _rolled("reading", (*_OF_ANSWER, "what"), *_counts("unread", "listed"))

# What became of the cards of the day, whenever it was told.
ROLLED_VERDICTS = _rolled("verdicts", (*_OF_ANSWER, "rule", "outcome", "reason"), *_counts("count"))

# Of what an answer holds the number: `what` it is, its `name` (a rule, a key), and a `detail` (why a key was missing).
ROLLED_TOLD = _rolled("told", (*_OF_ANSWER, "what", "name", "detail"), *_counts("count"))

# Feedback received on the day about cards that nobody knew when the day was counted.
ROLLED_STRAYS = _rolled("strays", ("feedback_id",))

ROLLED_TABLES = (
    ROLLED_CALLS, ROLLED_CALLS_AT, ROLLED_PLACES, ROLLED_READING, ROLLED_VERDICTS, ROLLED_TOLD, ROLLED_STRAYS,
)  # fmt: skip
