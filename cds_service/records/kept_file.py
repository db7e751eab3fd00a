"""A small SQLite file of the state folder, shared by every process of this machine; without it the service goes on."""

import sqlite3
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cds_service.records.log import record_trouble
from cds_service.records.sqlite_file import SqliteFile, is_damaged

_BUSY_S = 0.25
_REST_S = 5.0
Values = Sequence[bytes | float | int | str]


class KeptFile:
    """One connection of this process to the file; after trouble it is left alone for some seconds."""

    def __init__(self, path: Path, table: str, holds: str) -> None:
        """`table`: the statements that make it. `holds`: what the file holds, in words for the log."""
        self._file, self._holds = SqliteFile(path, table, _BUSY_S), holds
        self._lock = threading.Lock()
        self._rest_until = 0.0

    @property
    def is_resting(self) -> bool:
        """Whether it is left alone."""
        return time.monotonic() <= self._rest_until

    def rows(self, query: str, values: Values) -> list[tuple[Any, ...]]:
        """What the query finds; nothing while the file is of no use."""
        try:
            with self._lock:
                return [] if self.is_resting else self._file.connection().execute(query, values).fetchall()
        except (sqlite3.Error, OSError) as problem:
            self._rest(problem)
            return []

    def write(self, statement: str, rows: Sequence[Values]) -> bool:
        """Carry out a statement for each row; False when the file is of no use."""
        try:
            with self._lock:
                self._file.connection().executemany(statement, rows)
        except (sqlite3.Error, OSError) as problem:
            self._rest(problem)
            return False
        return True

    def look(self) -> bool:
        """Whether the file is where it was opened; one that was taken away is begun anew."""
        if not self._file.is_taken_away:
            return True
        record_trouble(f"file of {self._holds} taken away: advice may be repeated")
        self.close()
        return False

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        with self._lock:
            self._file.close()

    def _rest(self, problem: Exception) -> None:
        """Leave the file alone for a while: answers must not wait for it again and again."""
        self._rest_until = time.monotonic() + _REST_S
        record_trouble(f"{self._holds} cannot be remembered: advice may be repeated", problem=repr(problem))
        with self._lock:
            aside = is_damaged(problem) and self._file.set_aside()
            self._file.close()
        if aside:
            self._rest_until = 0.0
            record_trouble(f"file of {self._holds} is damaged: set aside and begun anew", file=aside.name)
