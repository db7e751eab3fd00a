"""gunicorn's worker of threads, made to share connections out evenly, and to give a thread to whole requests only.

Whoever sends slowly, or nothing, or does not take its answer, waits in the one loop of the worker, where a connection
costs little, for a limited time, and gives way when there are too many. Threads never wait for a client.
"""

import contextlib
import errno
import selectors
import socket
import time
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import Any
from uuid import uuid4

from gunicorn.http.errors import ParseException
from gunicorn.workers.gthread import TConn, ThreadWorker

from cds_service.run.arrival import Arrival, Arrived
from cds_service.run.departure import Departing, send_short
from cds_service.run.refusals import BUSY, FAULT, TOO_SLOW, Refusal, check_head, refusal_of, written
from cds_service.run.turns import Asked, Turns, all_waiting, head_start
from cds_service.run.waiting import Waiting, WaitingConnections, connection

HEAD_S, BODY_S, TAKE_S, LINGER_S = 10.0, 30.0, 60.0, 2.0
_LOOK_S = 0.5
_PIECE = 256 * 1024
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
_LATER = (errno.EAGAIN, errno.EWOULDBLOCK, errno.ECONNABORTED, errno.EINTR)
_NO_ROOM = (errno.EMFILE, errno.ENFILE)


class SharingWorker(ThreadWorker):  # type: ignore[misc] # gunicorn is not typed
    """A worker that accepts the later the more connections it holds, so that the others accept first.

    A connection that is kept open stays with its worker. As gunicorn has it, one of two workers took 6 or 7 of 8
    connections opened at once, and half of the machine idled.
    """

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._waiting = WaitingConnections()
        self._asked: Asked[TConn] = Asked()
        self._turns: Turns[TConn] = Turns()
        self._look_at = 0.0

    def accept(self, listener: socket.socket) -> None:
        """Accept what no other worker has taken by now; what has waited longest gives way when there are too many."""
        time.sleep(head_start(self.nr_conns))
        try:
            client, address = listener.accept()
        except OSError as problem:
            if problem.errno in _NO_ROOM:
                self._drop(self._waiting.longest())
            elif problem.errno not in _LATER:
                raise
        else:
            self._begin(client, address, listener)

    def set_accept_enabled(self, enabled: bool) -> None:
        """As gunicorn; a worker that stops takes who has connected, then shuts: what comes later is told at once."""
        super().set_accept_enabled(enabled)
        for listener in () if enabled or self.alive else self.sockets:
            for client, address in all_waiting(listener):
                self._begin(client, address, listener)
            listener.close()

    def _begin(self, client: socket.socket, address: Any, listener: socket.socket) -> None:
        self.nr_conns += 1
        conn = connection(self.cfg, client, address, listener)
        self._wait(conn, Arrival(self.app.most_body), HEAD_S)
        self._make_room(conn)

    def _wait(self, conn: TConn, arrival: Arrival | None, seconds: float) -> None:
        """Wait for what the other side sends."""
        self._waiting.keep(conn, Waiting(arrival, time.monotonic() + seconds, arrival.held if arrival else 0))
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._read, conn))

    def _wait_until_taken(self, conn: TConn, kept: bool) -> None:
        """Wait for the other side to take the rest of its answer, as long as that may last in all."""
        self._waiting.keep(conn, Waiting(None, time.monotonic() + TAKE_S, len(conn.sock.rest)))
        self.poller.register(conn.sock, selectors.EVENT_WRITE, partial(self._send_on, conn, kept))

    def _forget(self, conn: TConn) -> None:
        """No longer wait for the connection."""
        self._waiting.forget(conn)
        self.poller.unregister(conn.sock)

    def _drop(self, conn: TConn | None) -> None:
        if conn is None:
            return
        self._forget(conn)
        self.nr_conns -= 1
        conn.close()

    def _make_room(self, conn: TConn) -> None:
        """One address keeps so many waiting connections, all of them so many and so much in memory."""
        self._drop(self._waiting.too_many_of(conn))
        if self.nr_conns >= self.worker_connections or self._waiting.hold_too_much:
            self._drop(self._waiting.longest())

    def _read(self, conn: TConn, client: socket.socket) -> None:
        """Take what came; a whole request gets a thread."""
        try:
            data = client.recv(_PIECE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        waiting = self._waiting[conn]
        if not data:
            self._drop(conn)
        elif waiting.arrival:
            self._take(conn, waiting, waiting.arrival, data)

    def _take(self, conn: TConn, waiting: Waiting, arrival: Arrival, data: bytes) -> None:
        had_head, was_empty = arrival.has_head, arrival.empty
        arrival.take(data)
        self._waiting.hold(conn, arrival.held)
        if arrival.whole:
            self._forget(conn)
            self._answer(conn, arrival)
            return
        if was_empty:
            waiting.until = time.monotonic() + HEAD_S
        if arrival.has_head and not had_head:
            waiting.until = time.monotonic() + BODY_S
            if arrival.expects_continue:
                send_short(conn.sock, _CONTINUE)
        self._make_room(conn)

    def _send_on(self, conn: TConn, kept: bool, client: Departing) -> None:
        """Send more of an answer; then the connection goes on."""
        try:
            client.send_on()
        except OSError:
            self._drop(conn)
            return
        self._waiting.hold(conn, len(client.rest))
        if not client.rest:
            self._forget(conn)
            self._go_on(conn, kept)

    def _answer(self, conn: TConn, arrival: Arrival) -> None:
        """Have a thread answer; too much for memory that waits for one is told to come again."""
        if not self._asked.take(conn, arrival.held):
            self._refuse(conn, BUSY)
            return
        conn.parser.unreader = Arrived(arrival.taken(), arrival.is_cut)
        if self._turns.begins(conn, arrival.held):
            self.enqueue_req(conn)

    def handle_request(self, req: Any, conn: TConn) -> bool:
        """Whether the connection is kept. Who asked whether to send a body was told by now: it is here.

        ParseException for what gunicorn would take, and nobody may send.
        """
        check_head(req.version, req.headers)
        req._expected_100_continue = False
        if conn.parser.unreader.is_cut:
            req.force_close()
        return bool(super().handle_request(req, conn))

    def _keepalive_after(self, conn: TConn, keepalive: bool) -> bool:
        """A request that was answered has no second answer, whatever its body turns out to be: the connection ends."""
        try:
            return bool(super()._keepalive_after(conn, keepalive))
        except ParseException:
            return False

    def finish_request(self, conn: TConn, fs: "Future[Any]") -> None:
        """Have the answer taken, of which all but very long ones left at once; and the next large request answered."""
        for waited in self._turns.ended(self._asked.ended(conn)):
            self.enqueue_req(waited)
        kept = not (fs.cancelled() or fs.exception()) and bool(fs.result())
        if conn.sock.rest:
            self._wait_until_taken(conn, kept)
            self._make_room(conn)
        else:
            self._go_on(conn, kept)

    def _go_on(self, conn: TConn, kept: bool) -> None:
        """Wait for the next request of the connection, of which something may be here already; or let it end."""
        if not kept:
            self._let_end(conn)
            return
        arrival, rest = Arrival(self.app.most_body), conn.parser.unreader.take_buffered()
        arrival.take(rest)
        if arrival.whole:
            self._answer(conn, arrival)
        else:
            seconds = HEAD_S if rest else float(self.cfg.keepalive)
            self._wait(conn, arrival, seconds if self.alive else min(seconds, LINGER_S))

    def _let_end(self, conn: TConn) -> None:
        """Say that nothing more comes, and read until the other side ends: else it may lose the end of the answer."""
        try:
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self.nr_conns -= 1
            conn.close()
        else:
            self._wait(conn, None, LINGER_S)

    def murder_pending(self) -> None:
        """End what has waited too long; whoever sent half a request is told."""
        now = time.monotonic()
        if now < self._look_at:
            return
        self._look_at = now + _LOOK_S
        for conn in self._waiting.overdue(now):
            arrival = self._waiting[conn].arrival
            if arrival is None or arrival.empty:
                self._drop(conn)
                continue
            self._forget(conn)
            self._refuse(conn, TOO_SLOW)

    def murder_keepalived(self, force: bool = False) -> None:
        """End all that wait, when the worker ends."""
        for conn in self._waiting.all() if force else ():
            self._drop(conn)

    def _cap_keepalive(self, deadline: float) -> None:
        self._waiting.shorten(deadline)

    def handle_error(self, req: object, client: socket.socket, addr: object, exc: Exception) -> None:
        """Answer what cannot be read, or what failed, with an OperationOutcome.

        Nothing of the request is logged, as gunicorn does: a header may hold a token or a name.
        """
        refusal = refusal_of(exc)
        if refusal is FAULT:
            self.log.exception("Error handling request")
        with contextlib.suppress(OSError):  # whoever sent it may be gone
            client.sendall(self._refused(refusal))

    def _refuse(self, conn: TConn, refusal: Refusal) -> None:
        conn.sock.setblocking(False)  # a thread may have had it
        send_short(conn.sock, self._refused(refusal))
        self._let_end(conn)

    def _refused(self, refusal: Refusal) -> bytes:
        """The answer, counted and told in the log under an id of its own."""
        request_id = str(uuid4())
        refused: Callable[[int, str], None] = self.app.refused
        refused(refusal.status.value, request_id)
        return written(refusal, request_id)
