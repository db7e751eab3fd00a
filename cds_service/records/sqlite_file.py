"""A small SQLite file that every process of this machine may use, and the one connection of this process to it."""

import os
import sqlite3
import time
from pathlib import Path

from cds_service.records.private_files import Place, make_private, place_of

_SWITCH_PAUSE_S = 0.01
_DAMAGED = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT)
_BESIDE = ("-wal", "-shm")


class SqliteFile:
    """The connection, opened when it is first used; its user holds a lock around it.

    `table`: the statements that make what is kept. `wait_s`: how long another process may hold the file.
    """

    def __init__(self, path: Path, table: str, wait_s: float) -> None:
        self.path = path
        self._table, self._wait_s = table, wait_s
        self._connection: sqlite3.Connection | None = None
        self._owner = 0
        self._place: Place | None = None

    def connection(self) -> sqlite3.Connection:
        """The connection of this process: one that a fork brought along must not be used."""
        if self._connection is None or self._owner != os.getpid():
            make_private(self.path)
            self._place = place_of(self.path)
            connection = sqlite3.connect(self.path, timeout=self._wait_s, isolation_level=None, check_same_thread=False)
            try:
                self._prepare(connection)
            except sqlite3.Error:
                connection.close()
                raise
            self._connection, self._owner = connection, os.getpid()
        return self._connection

    @property
    def is_taken_away(self) -> bool:
        """Whether the file that this process opened is no longer where it was."""
        return self._connection is not None and self._owner == os.getpid() and place_of(self.path) != self._place

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        if self._connection is not None and self._owner == os.getpid():
            self._connection.close()
        self._connection = None

    def set_aside(self) -> Path | None:
        """Give the damaged file another name, where it is; None when another process did so, or when it cannot be."""
        if place_of(self.path) != self._place:
            return None
        aside = self.path.with_name(f"{self.path.name}.damaged")
        try:
            for end in _BESIDE:
                Path(f"{self.path}{end}").unlink(missing_ok=True)
            return self.path.replace(aside)
        except OSError:
            return None

    def _prepare(self, connection: sqlite3.Connection) -> None:
        _write_ahead(connection, self._wait_s)
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(self._table)


def is_damaged(problem: Exception) -> bool:
    """Whether it is the content of the file that is of no use: no other try will be better."""
    return getattr(problem, "sqlite_errorcode", 0) & 0xFF in _DAMAGED


def _write_ahead(connection: sqlite3.Connection, wait_s: float) -> None:
    """Switch the file to a write-ahead log; the switch does not wait for another process that does the same."""
    until = time.monotonic() + wait_s
    while connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(_SWITCH_PAUSE_S)
