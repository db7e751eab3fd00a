"""What clinicians answered, known to every process of this machine: a small SQLite file in the state folder."""

import os
import sqlite3
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cds_service.records.log import record_trouble
from cds_service.records.private_files import Place, make_private, place_of

_BUSY_S = 0.25
_REST_S = 5.0
_TABLE = (
    "CREATE TABLE IF NOT EXISTS answered (advice BLOB PRIMARY KEY, level INTEGER NOT NULL, outcome TEXT NOT NULL, "
    "reason TEXT NOT NULL, at REAL NOT NULL) WITHOUT ROWID"
)
_KEEP = (
    "INSERT INTO answered VALUES (?, ?, ?, ?, ?) ON CONFLICT (advice) DO UPDATE SET level = excluded.level, "
    "outcome = excluded.outcome, reason = excluded.reason, at = excluded.at WHERE excluded.at >= answered.at"
)
_FIND = "SELECT advice, level, outcome, reason, at FROM answered WHERE advice = ?"


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one piece of advice, named by its hash; `level` is the urgency of the card, `at` in seconds."""

    advice: bytes
    level: int
    outcome: str
    reason: str
    at: float


class AnsweredFile:
    """The answers; one that cannot be read counts as not given, so that advice is rather repeated than lost."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._owner = 0
        self._place: Place | None = None
        self._rest_until = 0.0

    def find(self, advice: bytes) -> Answer | None:
        """The latest answer to the advice."""
        try:
            with self._lock:
                row = self._open().execute(_FIND, (advice,)).fetchone() if time.monotonic() > self._rest_until else None
        except (sqlite3.Error, OSError) as problem:
            self._rest(problem)
            return None
        return Answer(*row) if row else None

    def keep(self, answers: Iterable[Answer]) -> bool:
        """Remember answers, of several to the same advice the latest; False when the file is of no use."""
        rows = [(a.advice, a.level, a.outcome, a.reason, a.at) for a in answers]
        try:
            with self._lock:
                self._open().executemany(_KEEP, rows)
        except (sqlite3.Error, OSError) as problem:
            self._rest(problem)
            return False
        return True

    def forget_before(self, moment: float) -> None:
        """Forget what was answered before the moment (seconds since 1970)."""
        with self._lock:
            self._open().execute("DELETE FROM answered WHERE at < ?", (moment,))

    def look(self) -> bool:
        """Whether the file is where it was opened; one that was taken away is begun anew."""
        if self._connection is None or place_of(self._path) == self._place:
            return True
        record_trouble("file of answered cards taken away: advice may be repeated")
        self.close()
        return False

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        with self._lock:
            if self._connection is not None and self._owner == os.getpid():
                self._connection.close()
            self._connection = None

    def _open(self) -> sqlite3.Connection:
        """The connection of this process: one that a fork brought along must not be used."""
        if self._connection is None or self._owner != os.getpid():
            make_private(self._path)
            connection = sqlite3.connect(self._path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute(_TABLE)
            self._connection, self._owner, self._place = connection, os.getpid(), place_of(self._path)
        return self._connection

    def _rest(self, problem: Exception) -> None:
        """Leave the file alone for a while: answers must not wait for it again and again."""
        self._rest_until = time.monotonic() + _REST_S
        record_trouble("answered cards cannot be remembered: advice may be repeated", problem=repr(problem))
        self.close()
