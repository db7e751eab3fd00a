"""The connections of a worker that no thread has: until when each may wait, and what they hold in memory together."""

import socket
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from gunicorn import http
from gunicorn.config import Config
from gunicorn.workers.gthread import TConn

from cds_service.run.arrival import Arrival, Arrived
from cds_service.run.departure import Departing

ADDRESS_CONNECTIONS = 256
MOST_HELD_BYTES = 128 * 1024 * 1024


@dataclass
class Waiting:
    """What came of the next request of a connection (None: it only ends, or takes its answer).

    Until when it may wait, and how many bytes it holds in memory.
    """

    arrival: Arrival | None
    until: float
    held: int


class WaitingConnections:
    """Those that wait, the one that has waited longest first, by address too."""

    def __init__(self) -> None:
        self._waiting: dict[TConn, Waiting] = {}
        self._of_address: dict[str, dict[TConn, None]] = {}
        self._held_bytes = 0

    def __getitem__(self, conn: TConn) -> Waiting:
        return self._waiting[conn]

    def keep(self, conn: TConn, waiting: Waiting) -> None:
        """Count a connection as one that waits; it blocks nobody."""
        conn.sock.setblocking(False)
        self._waiting[conn] = waiting
        self._of_address.setdefault(host_of(conn), {})[conn] = None
        self._held_bytes += waiting.held

    def forget(self, conn: TConn) -> None:
        """Count it no longer."""
        mine = self._of_address[host_of(conn)]
        mine.pop(conn)
        if not mine:
            del self._of_address[host_of(conn)]
        self._held_bytes -= self._waiting.pop(conn).held

    def hold(self, conn: TConn, held: int) -> None:
        """How many bytes it holds by now."""
        waiting = self._waiting[conn]
        self._held_bytes += held - waiting.held
        waiting.held = held

    def longest(self) -> TConn | None:
        """What has waited longest of all."""
        return next(iter(self._waiting), None)

    def too_many_of(self, conn: TConn) -> TConn | None:
        """What has waited longest of an address that has more than it may."""
        mine = self._of_address.get(host_of(conn), {})
        return next(iter(mine)) if len(mine) > ADDRESS_CONNECTIONS else None

    @property
    def hold_too_much(self) -> bool:
        """Whether they hold more in memory than they may."""
        return self._held_bytes > MOST_HELD_BYTES

    def overdue(self, now: float) -> list[TConn]:
        """Those that have waited as long as they may."""
        return [conn for conn, waiting in self._waiting.items() if waiting.until <= now]

    def all(self) -> list[TConn]:
        """All of them."""
        return list(self._waiting)

    def shorten(self, until: float) -> None:
        """Let those of which nothing is here, and for which nothing is left, wait no longer than that."""
        idle: Iterable[Waiting] = (waiting for waiting in self._waiting.values() if not waiting.held)
        for waiting in idle:
            waiting.until = min(waiting.until, until)


def connection(cfg: Config, client: socket.socket, address: Any, listener: socket.socket) -> TConn:
    """A connection as gunicorn has it, of which requests are read as they arrive and answers taken as they can be."""
    made = TConn(cfg, Departing(client), address, listener.getsockname())
    made.parser = http.get_parser(cfg, made.sock, address)
    made.parser.unreader = Arrived()
    made.initialized = True
    return made


def host_of(conn: TConn) -> str:
    """The address that a connection comes from; "" of a socket that has none."""
    address: Any = conn.client
    return str(address[0]) if isinstance(address, tuple) else ""
