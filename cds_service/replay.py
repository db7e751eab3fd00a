"""Each token is used once: what was seen is shared by all workers, and machines, through the database.

Only a hash of issuer and token id is stored, and no longer than the token lives. This is the one look-up that an
answer waits for, so it goes to the driver directly, and gives up soon on a database that is down.
"""

import hashlib
import os
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from cds_service.places import data_directory
from cds_service.records import record_trouble
from cds_service.settings import SQLITE, Settings

if TYPE_CHECKING:
    import psycopg

_PURGE_S = 60
_WARN_S = 60
_BUSY_S = 0.5
_CONNECT_S = 2
_WAIT_S = 0.25
_WAIT_MS = 250
_REST_S = 5.0
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


class SeenTokens(Protocol):
    """Remembers tokens until they expire."""

    def first_time(self, token: bytes, expires: float) -> bool:
        """Whether the token was not seen before; it is from now on."""

    def prepare(self) -> None:
        """Create what is missing before the first call."""


def token_hash(issuer: str, jti: str) -> bytes:
    """What is stored of a token."""
    return hashlib.sha256(f"{issuer}\0{jti}".encode("utf-8", "surrogatepass")).digest()


class MemorySeen:
    """Tokens seen by this process."""

    def __init__(self) -> None:
        self._expires: dict[bytes, float] = {}
        self._lock = threading.Lock()
        self._purged = 0.0

    def first_time(self, token: bytes, expires: float) -> bool:
        """Whether this process did not see the token before."""
        now = time.time()
        with self._lock:
            if now - self._purged > _PURGE_S:
                self._expires = {known: until for known, until in self._expires.items() if until >= now}
                self._purged = now
            if self._expires.get(token, 0.0) >= now:
                return False
            self._expires[token] = expires
            return True

    def prepare(self) -> None:
        """Nothing is needed."""


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


class Shared(Protocol):
    """Where seen tokens are shared; every call may raise."""

    def first_time(self, token: bytes, expires: float) -> bool:
        """Whether the token was not seen before; it is from now on."""

    def check(self) -> None:
        """Whether it can be used."""

    def close(self) -> None:
        """Begin anew at the next call."""


class SharedSeen:
    """Tokens seen by all; by this process only, with a warning, as long as the database is of no use.

    `fell_back` is called for each token that only this process could tell about.
    """

    def __init__(self, shared: Shared, rest_s: float = _REST_S, fell_back: Callable[[], None] = lambda: None) -> None:
        self._shared = shared
        self._fell_back = fell_back
        self._rest_s = rest_s
        self._own = MemorySeen()
        self._warned = float("-inf")
        self._rest_until = 0.0

    def first_time(self, token: bytes, expires: float) -> bool:
        """Whether the token was not seen before, as far as can be told."""
        new_here = self._own.first_time(token, expires)
        if time.monotonic() < self._rest_until:
            self._fell_back()
            return new_here
        try:
            return self._shared.first_time(token, expires) and new_here
        except Exception as problem:  # whatever the driver raises; the process's own memory still tells
            self._give_up(problem)
            self._fell_back()
            return new_here

    def prepare(self) -> None:
        """Create what is missing, and let no connection be open: workers are forked from here."""
        try:
            self._shared.check()
        except Exception as problem:  # as above
            self._give_up(problem)
        finally:
            self._shared.close()

    def _give_up(self, problem: Exception) -> None:
        """For a while, so that not every call waits for a database that is down."""
        self._rest_until = time.monotonic() + self._rest_s
        self._shared.close()
        if time.monotonic() - self._warned > _WARN_S:
            self._warned = time.monotonic()
            name = type(problem).__name__  # what a driver says may hold the password
            record_trouble("database unusable: used tokens are remembered by each process alone", problem=name)


def shared_tokens(settings: Settings) -> Shared:
    """Where the settings keep seen tokens."""
    url = settings.database_url
    return PostgresSeen(url) if url and not url.startswith(SQLITE) else SqliteSeen(database_path(settings))


def database_path(settings: Settings) -> Path:
    """The SQLite file that the settings name, else one in the data directory of the user."""
    if settings.database_url:
        return Path(settings.database_url.removeprefix(SQLITE))
    return data_directory() / "magnesium.sqlite"
