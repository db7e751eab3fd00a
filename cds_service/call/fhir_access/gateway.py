"""Fetching at the same time: servers and worker threads of this process, and one hook call's visit to a server."""

import os
import threading
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import nullcontext
from dataclasses import dataclass, field

from cds_service.call.fhir_access.outcome import Fetched, Outcome
from cds_service.call.fhir_access.queries import Request
from cds_service.call.fhir_access.room import MOST_OF_CLIENT, CallRoom, ServerRoom
from cds_service.call.fhir_access.scopes import Cover, cover
from cds_service.call.fhir_access.server import Limits, Server
from cds_service.call.fhir_access.shares import Shares
from cds_service.call.fhir_access.wire import Deadline

THREADS = 32


class Gateway:
    """The FHIR servers of this process. Threads and connections are made at first use, and again after a fork.

    With several clients (`shared`) none has all threads of this process, nor all the room of a server.
    """

    def __init__(self, deadline_seconds: float = 0.4, timeout_seconds: float = 0.35, shared: bool = False) -> None:
        self.deadline_seconds = deadline_seconds
        self.shares = Shares() if shared else None
        self._timeout = timeout_seconds
        self._lock = threading.Lock()
        self._owner = 0
        self._rooms: dict[str, ServerRoom] = {}
        self._servers: dict[tuple[str, str], Server] = {}
        self._pools: dict[tuple[str, str], ThreadPoolExecutor] = {}

    def server(self, base: str, client: str = "") -> Server:
        """The server of this base URL as one client has it; the caller has made sure that it is allowed.

        Connections and breaker are his alone: a server may refuse one client, and answer others.
        """
        with self._lock:
            self._own()
            if (client, base) not in self._servers:
                self._servers[client, base] = Server(base, self._timeout, self._room(base))
            return self._servers[client, base]

    def _room(self, base: str) -> ServerRoom:
        """The room of one more client, of that which all have together."""
        room = self._rooms.setdefault(base, ServerRoom())
        return ServerRoom(room, MOST_OF_CLIENT) if self.shares else room

    def warm(self, places: Iterable[tuple[str, str]], connections: int) -> list[Future[None]]:
        """Open so many connections for each client and server before the first call needs them.

        Without token or patient. Answers at once, with what is being done.
        """
        return [
            self.pool(client, base).submit(self.server(base, client).warm)
            for client, base in places
            for _ in range(connections)
        ]

    def pool(self, client: str, base: str) -> ThreadPoolExecutor:
        """The worker threads of one client for one server: however slow that is, it has no others'."""
        with self._lock:
            self._own()
            if (client, base) not in self._pools:
                self._pools[client, base] = ThreadPoolExecutor(THREADS, thread_name_prefix="fhir")
            return self._pools[client, base]

    def _own(self) -> None:
        """Drop what a parent process made: its threads do not live here, its connections are not ours."""
        if self._owner != os.getpid():
            self._owner, self._rooms, self._servers, self._pools = os.getpid(), {}, {}, {}


@dataclass(frozen=True, slots=True)
class Source:
    """Where missing data may come from: the servers that the caller may name; `open` ones are read without a token.

    `client`: who calls, for whom threads of their own read.
    """

    gateway: Gateway
    allowed: frozenset[str]
    open: frozenset[str] = frozenset()
    client: str = ""

    def can_read(self, base: str, token: str) -> bool:
        """Whether a server may be tried with this token; without one only an open server."""
        return bool(token) or base in self.open

    def visit(self, base: str, token: str, scope: str, same_patient: bool) -> "Visit":
        """A visit to a server on behalf of one hook call; its deadline begins now, and all it reads is counted."""
        deadline = Deadline(self.gateway.deadline_seconds)
        if base in self.open:  # a token that came all the same goes nowhere
            token, scope, same_patient = "", "", True
        refusal = None
        if base not in self.allowed:
            refusal = Outcome.NOT_LISTED
        elif not self.gateway.server(base, self.client).breaker.admits():
            refusal = Outcome.CIRCUIT_OPEN
        room = CallRoom(ServerRoom() if refusal else self.gateway.server(base, self.client).room)
        limits = Limits(deadline, room)
        return Visit(self.gateway, self.client, base, token, scope, same_patient, limits, refusal)


@dataclass(frozen=True, slots=True)
class Visit:
    """All that one hook call asks of one server, under one deadline, in one room."""

    gateway: Gateway
    client: str
    base: str
    token: str = field(repr=False)
    scope: str
    same_patient: bool
    limits: Limits
    refusal: Outcome | None

    def fetch(self, requests: Mapping[str, Request]) -> dict[str, Fetched]:
        """What each request brought by the deadline; never raises. The server's breaker has heard of it by then."""
        covers = {name: self._cover(request) for name, request in requests.items()}
        found = {name: Fetched(outcome=self._refused(covers[name])) for name in requests}
        tried = {name: request for name, request in requests.items() if found[name].outcome is Outcome.TIMEOUT}
        if not tried:
            return found
        with self.gateway.shares.one(self.client) if self.gateway.shares else nullcontext(True) as free:
            if free:
                return self._fetched(found, tried, covers)
        return {**found, **{name: Fetched(outcome=Outcome.BUSY) for name in tried}}

    def _fetched(
        self, found: dict[str, Fetched], tried: Mapping[str, Request], covers: Mapping[str, Cover]
    ) -> dict[str, Fetched]:
        """What was found once the requests that are tried were, or the deadline has come."""
        started = time.monotonic()
        server, pool = self.gateway.server(self.base, self.client), self.gateway.pool(self.client, self.base)
        running = [pool.submit(server.fetch, r, self.token, self.limits, found[name]) for name, r in tried.items()]
        for late in wait(running, timeout=self.limits.deadline.left).not_done:
            late.cancel()
        elapsed = time.monotonic() - started
        brought = {name: _frozen(one, covers[name], elapsed if name in tried else 0.0) for name, one in found.items()}
        for name, request in tried.items():
            if not request.optional:
                server.heard(brought[name], self.gateway.deadline_seconds)
        return brought

    def _cover(self, request: Request) -> Cover:
        return cover(self.scope, request.kind, request.interaction, self.same_patient)

    def _refused(self, covered: Cover) -> Outcome:
        if self.refusal:
            return self.refusal
        return Outcome.OUT_OF_SCOPE if covered is Cover.NONE else Outcome.TIMEOUT


def _frozen(found: Fetched, covered: Cover, elapsed: float) -> Fetched:
    """A copy that no worker changes any more; under a scope with a query nothing is complete."""
    complete = found.complete and covered is Cover.ALL
    return Fetched(list(found.pages), found.outcome, complete, found.seconds or elapsed, found.began)
