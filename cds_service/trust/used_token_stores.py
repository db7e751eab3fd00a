"""Where used tokens are shared: a SQLite file by the workers of a machine, a PostgreSQL database by all machines.

The look-up is the one that an answer waits for, so it goes to the driver directly, and gives up soon on a database
that is down, or silent: it counts the time itself, for a database that hangs keeps no limit of its own.
"""

import os
import selectors
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from cds_service.records.patient_clock import PatientClock
from cds_service.records.sqlite_file import SqliteFile

if TYPE_CHECKING:
    import psycopg

_PURGE_S = 60
WAIT_S = 0.05
_CONNECT_S = 2
_TABLE = "CREATE TABLE IF NOT EXISTS seen_tokens (jti_hash BLOB PRIMARY KEY, exp REAL NOT NULL) WITHOUT ROWID"
_PURGE = "DELETE FROM seen_tokens WHERE exp < ?"
_INSERT = (
    "INSERT INTO seen_tokens (jti_hash, exp) VALUES (?, ?) "
    "ON CONFLICT (jti_hash) DO UPDATE SET exp = excluded.exp WHERE exp < ?"
)
_INSERT_PG = (
    b"INSERT INTO seen_tokens (jti_hash, exp) VALUES ($1, $2) "
    b"ON CONFLICT (jti_hash) DO UPDATE SET exp = excluded.exp WHERE seen_tokens.exp < $3"
)
_BYTEA, _FLOAT8 = 17, 701  # types of PostgreSQL
_BINARY, _TEXT = 1, 0


class SqliteSeen:
    """Tokens seen by any process that uses the same file."""

    def __init__(self, path: Path, wait_s: float = WAIT_S) -> None:
        self._wait_s = wait_s / 3  # for this process's other threads, for other processes, and once more to tidy up
        self._file = SqliteFile(path, _TABLE, self._wait_s)
        self._lock = threading.Lock()
        self._clock, self._purged = PatientClock(), 0.0

    def first_time(self, token: bytes, expires: float) -> bool:
        """Whether no process saw the token before; sqlite3.Error or OSError when the file is of no use."""
        now = time.time()
        with _held(self._lock, self._wait_s):
            if self._file.is_taken_away:
                self._file.close()
            connection = self._file.connection()
            if monotonic() - self._purged > _PURGE_S:
                connection.execute(_PURGE, (self._clock.now(),))
                self._purged = monotonic()
            return connection.execute(_INSERT, (token, expires, now)).rowcount == 1

    def check(self) -> None:
        """Create file and table when they are missing, and write; raises what is wrong."""
        with self._lock:
            self._file.connection().execute(_PURGE, (self._clock.now(),))

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        with self._lock:
            self._file.close()


class PostgresSeen:
    """Tokens seen by any machine that uses the same database. The table comes with the migrations."""

    def __init__(self, url: str, wait_s: float = WAIT_S) -> None:
        self._url = url
        self._wait_s = wait_s
        self._lock = threading.Lock()
        self._connection: psycopg.Connection | None = None
        self._opening: threading.Thread | None = None
        self._owner = 0

    def first_time(self, token: bytes, expires: float) -> bool:
        """Whether nobody saw the token before; psycopg.Error or OSError when the database is of no use, or slow."""
        until = time.monotonic() + self._wait_s
        with _held(self._lock, self._wait_s):
            return _inserted(self._open(until), token, expires, until)

    def check(self) -> None:
        """Ask the database anything; raises what is wrong."""
        with self._connect() as connection:
            connection.execute("SELECT 1")

    def close(self) -> None:
        """Let the connection go; the next use makes another."""
        with self._lock:
            if self._connection is not None and self._owner == os.getpid():
                self._connection.close()
            self._connection = None

    def _open(self, until: float) -> "psycopg.Connection":
        """The connection of this process: one that a fork brought along must not be used.

        It is made by a thread of its own, since no time-out of the driver is short enough to wait for.
        """
        if self._owner != os.getpid():
            self._connection, self._opening, self._owner = None, None, os.getpid()
        if self._connection is None:
            if self._opening is None or not self._opening.is_alive():
                self._opening = threading.Thread(target=self._open_later, name="used tokens", daemon=True)
                self._opening.start()
            self._opening.join(max(until - time.monotonic(), 0))
        if self._connection is None:
            raise TimeoutError("the database of used tokens cannot be reached, or not soon")
        return self._connection

    def _open_later(self) -> None:
        import psycopg

        with suppress(psycopg.Error, OSError):
            self._connection = self._connect()

    def _connect(self) -> "psycopg.Connection":
        import psycopg

        return psycopg.connect(self._url, autocommit=True, connect_timeout=_CONNECT_S)


def _inserted(connection: "psycopg.Connection", token: bytes, expires: float, until: float) -> bool:
    """Whether the token was new; TimeoutError when the database has not said so by then.

    What is asked is sent at once and awaited here, since the driver waits as long as the connection stands.
    """
    from psycopg.pq import ExecStatus

    asked = connection.pgconn
    values = [token, repr(expires).encode(), repr(time.time()).encode()]
    asked.send_query_params(_INSERT_PG, values, [_BYTEA, _FLOAT8, _FLOAT8], [_BINARY, _TEXT, _TEXT])
    with selectors.DefaultSelector() as selector:
        selector.register(asked.socket, selectors.EVENT_READ)
        while asked.is_busy():
            left = until - time.monotonic()
            if left <= 0 or not selector.select(left):
                raise TimeoutError("the database of used tokens does not answer")
            asked.consume_input()
    answer = asked.get_result()
    while asked.get_result() is not None:
        pass
    if answer is None or answer.status != ExecStatus.COMMAND_OK:
        raise OSError("the database of used tokens takes nothing")
    return answer.command_tuples == 1


@contextmanager
def _held(lock: threading.Lock, seconds: float) -> Iterator[None]:
    """Hold the lock; TimeoutError when others hold it for so long."""
    if not lock.acquire(timeout=seconds):
        raise TimeoutError("the look-up of another token takes too long")
    try:
        yield
    finally:
        lock.release()
