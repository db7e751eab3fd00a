"""Each token is used once: what was seen is shared by all workers, and machines, through the database.

Only a hash of issuer and token id is stored, and no longer than the token lives.
"""

import hashlib
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from math import inf
from pathlib import Path
from time import monotonic
from typing import Protocol

from cds_service.records.log import record_trouble
from cds_service.records.patient_clock import PatientClock
from cds_service.run.places import data_directory
from cds_service.run.settings import SQLITE, Settings
from cds_service.trust.used_token_stores import PostgresSeen, SqliteSeen

_PURGE_S = 60
_MINUTE_S, _STEP_S = 60, 0.5
_WARN_S = 60
_FIRST_REST_S, _REST_S = 0.5, 5.0
_MOST_UNTOLD = 100_000  # 10 MB
_PAUSE_S = 0.0005  # after each that is told, for those whose answers wait: a lock knows no turns


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
    """Tokens seen by this process, by the minute in which they expire: what is past goes a minute at a time.

    To search all of them for what is past would hold every call for a second.
    """

    def __init__(self) -> None:
        self._minutes: dict[int, dict[bytes, float]] = {}
        self._lock = threading.Lock()
        self._clock, self._looked = PatientClock(), 0.0

    def first_time(self, token: bytes, expires: float) -> bool:
        """Whether this process did not see the token before."""
        now = time.time()
        with self._lock:
            past = self._past()
            this = now // _MINUTE_S
            for minute, known in self._minutes.items():
                if minute >= this and known.get(token, 0.0) >= now:
                    return False
            self._minutes.setdefault(int(expires // _MINUTE_S), {})[token] = expires
        del past  # while nobody waits for the lock
        return True

    def _past(self) -> dict[bytes, float] | None:
        """The tokens of one minute that is surely past, now and then: they are forgotten."""
        if monotonic() - self._looked < _STEP_S:
            return None
        self._looked, surely = monotonic(), self._clock.now()
        first = min(self._minutes, default=inf)
        return self._minutes.pop(int(first)) if (first + 1) * _MINUTE_S <= surely else None

    def prepare(self) -> None:
        """Nothing is needed."""


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

    `fell_back` is called for each token that only this process could tell about. A database that goes on failing is
    asked ever less often, at last every `rest_s` seconds.
    """

    def __init__(self, shared: Shared, rest_s: float = _REST_S, fell_back: Callable[[], None] = lambda: None) -> None:
        self._shared = shared
        self._fell_back = fell_back
        self._longest_rest_s = rest_s
        self._rest_s = self._first_rest_s = min(_FIRST_REST_S, rest_s)
        self._own = MemorySeen()
        self._untold: dict[bytes, float] = {}
        self._clock = PatientClock()
        self._lock = threading.Lock()
        self._telling: threading.Thread | None = None
        self._warned = float("-inf")
        self._rest_until = self._tidied = 0.0

    def first_time(self, token: bytes, expires: float) -> bool:
        """Whether the token was not seen before, as far as can be told.

        One that this process saw is not asked about: sent many times at once it would have the database give up.
        """
        if not self._own.first_time(token, expires):
            return False
        if time.monotonic() < self._rest_until:
            return self._alone(token, expires)
        try:
            new = self._shared.first_time(token, expires)
        except Exception as problem:  # whatever the driver raises; the process's own memory still tells
            self._give_up(problem)
            return self._alone(token, expires)
        self._rest_s = self._first_rest_s
        self._tell_soon()
        return new

    def _alone(self, token: bytes, expires: float) -> bool:
        """Accept what only this process could tell about; the others hear of it when they can."""
        self._fell_back()
        if len(self._untold) >= _MOST_UNTOLD:
            self._forget_expired()
        if len(self._untold) < _MOST_UNTOLD:
            self._untold[token] = expires
        return True

    def _forget_expired(self) -> None:
        """Of what is to be told, now and then: in a long outage it would leave no room for what is still valid."""
        now = time.time()
        with self._lock:
            if now - self._tidied < _PURGE_S:
                return
            self._tidied = now
        for known, until in tuple(self._untold.items()):
            if until < now:
                self._untold.pop(known, None)

    def _tell_soon(self) -> None:
        """Have others hear of what was accepted without them: it may be used for an hour."""
        with self._lock, suppress(RuntimeError):  # a worker that ends starts no thread
            if self._untold and not (self._telling and self._telling.is_alive()):
                self._telling = threading.Thread(target=self._tell, name="used tokens told", daemon=True)
                self._telling.start()

    def _tell(self) -> None:
        try:
            for token, expires in tuple(self._untold.items()):
                if expires >= self._clock.now():
                    self._shared.first_time(token, expires)
                    time.sleep(_PAUSE_S)
                self._untold.pop(token, None)
        except Exception as problem:  # as above
            self._give_up(problem)

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
        self._rest_s = min(self._rest_s * 2, self._longest_rest_s)
        self._shared.close()
        if time.monotonic() - self._warned > _WARN_S:
            self._warned = time.monotonic()
            name = type(problem).__name__  # what a driver says may hold the password
            record_trouble("database unusable: used tokens are remembered by each process alone", problem=name)


def shared_tokens(settings: Settings) -> Shared:
    """Where the settings keep seen tokens."""
    url, wait_s = settings.database_url, settings.token_lookup_ms / 1000
    if url and not url.startswith(SQLITE):
        return PostgresSeen(url, wait_s)
    return SqliteSeen(database_path(settings), wait_s)


def database_path(settings: Settings) -> Path:
    """The SQLite file that the settings name, else one in the data directory of the user."""
    if settings.database_url:
        return Path(settings.database_url.removeprefix(SQLITE))
    return data_directory() / "magnesium.sqlite"
