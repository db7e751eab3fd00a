"""Faults of the parts of a round: each is told once as long as it stays the same, and none ends the round."""

from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from cds_service.records.log import record_fault
from cds_service.records.migrate import NewerSchemaError
from cds_service.records.state import NEWER_SCHEMA

_OF_THE_DATABASE = (SQLAlchemyError, OSError, NewerSchemaError)
_TIDY = "tidy"


class Faults:
    """What was last wrong with each part."""

    def __init__(self) -> None:
        self._last: dict[str, str] = {}

    def of(self, part: str, work: Callable[[], object]) -> str:
        """Do a part of a round; the kind of its fault, "" for none.

        Those of the database are told with its state; any other, and all of tidying up, here.
        """
        try:
            work()
        except Exception as problem:
            kind = NEWER_SCHEMA if isinstance(problem, NewerSchemaError) else type(problem).__name__
            told_here = part == _TIDY or not isinstance(problem, _OF_THE_DATABASE)
            if told_here and self._last.get(part) != kind:
                record_fault(f"shipping: {part} failed, and is tried again", problem)
            self._last[part] = kind
            return kind
        self._last.pop(part, None)
        return ""
