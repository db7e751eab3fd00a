"""Where used tokens are shared: a SQLite file by the workers of a machine, a PostgreSQL database by all machines.

The look-up is the one that an answer waits for, so it goes to the driver directly, and gives up soon on a database
that is down.
"""

import os
import sqlite3
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import psycopg

_PURGE_S = 60
_BUSY_S = 0.5
_CONNECT_S = 2
_WAIT_S = 0.25
_WAIT_MS = 250
_SWITCH_PAUSE_S = 0.01
_TABLE = "CREATE TABLE IF NOT EXISTS seen_tokens (jti_hash BLOB PRIMARY KEY, exp REAL NOT NULL) WITHOUT ROWID"
_INSERT = (
    "INSERT INTO seen_tokens (jti_hash, exp) VALUES (?, ?) "
    "ON CONFLICT (jti_hash) DO UPDATE SET exp = excluded.exp WHERE exp < ?"
)
_INSERT_PG = (
    "INSERT INTO seen_tokens (jti_hash, exp) VALUES (%s, %s) "
    "ON CONFLICT (jti_hash) DO UPDATE SET exp = excluded.exp WHERE seen_tokens.exp < %s"
)


class SqliteSeen:
    """Tokens seen by any process that uses the same file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._owner = 0
        self._purged = 0.0

    def first_time(self, token: bytes, expires: float) -> bool:
        """Whether no process saw the token before; sqlite3.Error or OSError when the file is of no use."""
        now = time.time()
        with self._lock:
            connection = self._open()
            if now - self._purged > _PURGE_S:
                connection.execute("DELETE FROM seen_tokens WHERE exp < ?", (now,))
                self._purged = now
            return connection.execute(_INSERT, (token, expires, now)).rowcount == 1

    def check(self) -> None:
        """Create file and table when they are missing, and write; raises what is wrong."""
        with self._lock:
            self._open().execute("DELETE FROM seen_tokens WHERE exp < ?", (time.time(),))

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        with self._lock:
            if self._connection is not None and self._owner == os.getpid():
                self._connection.close()
            self._connection = None

    def _open(self) -> sqlite3.Connection:
        """The connection of this process: one that a fork brought along must not be used."""
        if self._connection is None or self._owner != os.getpid():
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            connection = sqlite3.connect(self.path, timeout=_BUSY_S, isolation_level=None, check_same_thread=False)
            try:
                _write_ahead(connection)
                connection.execute("PRAGMA synchronous = NORMAL")
                connection.execute(_TABLE)
            except sqlite3.Error:
                connection.close()
                raise
            self._connection, self._owner = connection, os.getpid()
        return self._connection


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch the file to a write-ahead log; the switch does not wait for another process that does the same."""
    until = time.monotonic() + _BUSY_S
    while connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(_SWITCH_PAUSE_S)


class PostgresSeen:
    """Tokens seen by any machine that uses the same database. The table comes with the migrations."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._lock = threading.Lock()
        self._connection: psycopg.Connection | None = None
        self._owner = 0

    def first_time(self, token: bytes, expires: float) -> bool:
        """Whether nobody saw the token before; psycopg.Error or OSError when the database is of no use."""
        now = time.time()
        if not self._lock.acquire(timeout=_WAIT_S):
            raise TimeoutError("the look-up of another token takes too long")
        try:
            return self._open().execute(_INSERT_PG, (token, expires, now)).rowcount == 1
        finally:
            self._lock.release()

    def check(self) -> None:
        """Ask the database anything; raises what is wrong."""
        with self._lock:
            self._open().execute("SELECT 1")

    def close(self) -> None:
        """Let the connection go; the next use makes another."""
        with self._lock:
            if self._connection is not None and self._owner == os.getpid():
                self._connection.close()
            self._connection = None

    def _open(self) -> "psycopg.Connection":
        """The connection of this process: one that a fork brought along must not be used."""
        import psycopg

        if self._connection is None or self._owner != os.getpid():
            self._connection = psycopg.connect(
                self._url,
                autocommit=True,
                connect_timeout=_CONNECT_S,
                tcp_user_timeout=_WAIT_MS,
                options=f"-c statement_timeout={_WAIT_MS} -c lock_timeout={_WAIT_MS}",
            )
            self._owner = os.getpid()
        return self._connection
