"""How evenly two workers share connections that are opened at once: `python -m bench.shares`."""

import socket
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import psutil

from bench import servers

BURSTS, CONNECTIONS, DEADLINE_S = 30, 8, 60


def main() -> None:
    """Print the mean of the smaller share; gunicorn's own worker came to 1.9 of 8 when this was made."""
    with tempfile.TemporaryDirectory() as folder, servers.service(Path(folder), workers=2) as service:
        wait_for_both(service)
        print(
            f"the worker with fewer of {CONNECTIONS} connections has {smaller_share(service):.1f}, of {BURSTS} bursts"
        )


def smaller_share(service: servers.Server) -> float:
    """The mean, over some bursts, of the connections that the worker with fewer of them got."""
    return statistics.fmean(min(burst(service)) for _ in range(BURSTS))


def wait_for_both(service: servers.Server) -> None:
    """Until each of two workers has taken a connection: the second starts a little later."""
    deadline = time.monotonic() + DEADLINE_S
    while len(held := burst(service)) < 2 or not all(held):
        assert time.monotonic() < deadline, f"a worker takes no connection: {held}"


def burst(service: servers.Server) -> list[int]:
    """How many of some connections opened at once each worker got; all of them are answered."""
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


if __name__ == "__main__":
    main()
