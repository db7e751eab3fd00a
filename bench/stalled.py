"""Usual calls beside stalled connections: `python -m bench.stalled [--stalled 1000] [--calls 300]`.

Opens connections of five kinds that never go on (silent, half a head, half a body, half a chunk, too large), from
many addresses of this machine, and asks meanwhile; prints how long usual calls take without them and beside them.
Ends with status 1 when one was not answered 200.
"""

import argparse
import socket
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import requests

from bench import servers
from tests.calls import patient_view
from tests.trust.test_stalled_clients import PATH, STALLS

TIMEOUT_S, ADDRESSES = 60, 100
NEVER_GO_ON = [raw for name, raw in STALLS.items() if name != "not closed"]


def calls(port: int, count: int) -> tuple[list[float], int]:
    """(milliseconds of each call on a connection of its own, how many were not answered 200)."""
    body, url = patient_view(), f"http://127.0.0.1:{port}{PATH}"
    taken, failed = [], 0
    for _ in range(count):
        began = time.perf_counter()
        try:
            failed += requests.post(url, json=body, timeout=TIMEOUT_S).status_code != 200
        except requests.RequestException:
            failed += 1
        taken.append((time.perf_counter() - began) * 1000)
    return taken, failed


def open_stalled(port: int, count: int, kept: ExitStack) -> list[socket.socket]:
    """So many connections that never go on."""
    made = []
    for number in range(count):
        source = (f"127.0.1.{1 + number % ADDRESSES}", 0)
        made.append(kept.enter_context(socket.create_connection(("127.0.0.1", port), TIMEOUT_S, source)))
        made[-1].sendall(NEVER_GO_ON[number % len(NEVER_GO_ON)])
    return made


def told(name: str, taken: list[float], failed: int) -> str:
    """One line of the report."""
    last = statistics.quantiles(taken, n=100)[98]
    middle = statistics.median(taken)
    return f"{name:<28}{middle:8.1f}{last:8.1f}{max(taken):8.1f}{failed:8}"


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--stalled", type=int, default=1000)
    parser.add_argument("--calls", type=int, default=300)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, servers.service(Path(folder), options.workers) as service:
        calls(service.port, 20)
        print(f"{'usual calls':<28}{'p50 ms':>8}{'p99 ms':>8}{'max ms':>8}{'failed':>8}")
        print(told("quiet", *calls(service.port, options.calls)), flush=True)
        with ExitStack() as kept:
            began = time.perf_counter()
            open_stalled(service.port, options.stalled, kept)
            opened = time.perf_counter() - began
            taken, failed = calls(service.port, options.calls)
            print(told(f"beside {options.stalled} stalled", taken, failed))
        print(f"opening them took {opened:.1f} s; a worker has {service.worker_mb():.0f} MB")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
