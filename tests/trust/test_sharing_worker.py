"""Connections opened at once spread over the workers: one that holds more lets the others accept first."""

import socket
import sys
import time
from contextlib import ExitStack

import psutil
import pytest

from bench import servers

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="gunicorn does not run here")
if sys.platform != "win32":
    from cds_service.run.gunicorn_worker import head_start

BURSTS, CONNECTIONS, DEADLINE_S = 30, 8, 60


def test_a_worker_without_connections_accepts_at_once():
    assert head_start(0) == 0


def test_the_more_connections_the_longer_the_head_start_of_the_others():
    assert head_start(1) < head_start(2) < head_start(7)


def test_the_head_start_has_an_end_however_many_connections():
    assert head_start(1000) == head_start(8) < 0.005


def test_of_connections_opened_at_once_each_of_two_workers_gets_its_share(tmp_path):
    with servers.service(tmp_path, workers=2) as service:
        _wait_for_both(service)
        smaller = [min(_burst(service)) for _ in range(BURSTS)]
    assert sum(smaller) / BURSTS > 2.7, smaller  # of 8; gunicorn alone: 1.9


def _wait_for_both(service: servers.Server) -> None:
    """Until each of two workers has taken a connection: the second starts a little later."""
    deadline = time.monotonic() + DEADLINE_S
    while len(held := _burst(service)) < 2 or not all(held):
        assert time.monotonic() < deadline, f"a worker takes no connection: {held}"


def _burst(service: servers.Server) -> list[int]:
    """How many of some connections opened at once each worker got."""
    with ExitStack() as stack:
        opened = [
            stack.enter_context(socket.create_connection(("127.0.0.1", service.port), DEADLINE_S))
            for _ in range(CONNECTIONS)
        ]
        for connection in opened:
            connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n")
        assert all(connection.recv(4096).startswith(b"HTTP/1.1 200") for connection in opened)
        return [_held(worker, service.port) for worker in service.process.children()]


def _held(worker: psutil.Process, port: int) -> int:
    """How many connections to the port a worker holds open."""
    kept = (told for told in worker.net_connections("tcp") if told.laddr.port == port)
    return sum(told.status == psutil.CONN_ESTABLISHED for told in kept)
