"""The load generator, a process of its own: one thread a connection, kept open.

    python -m bench.load < JOB

A job is JSON: port, path, body (a file), seconds, connections, rate (calls a second; 0 is as fast as it goes), and
tokens (a file of one a line, each for one call; "" for none: with them a connection ends when its share is sent).
Prints JSON: calls, failed, seconds, and the latencies in ms. At a rate, a latency counts from when the call was due,
so that a server that falls behind is seen to.
"""

import json
import socket
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import repeat
from pathlib import Path

_TIMEOUT_S = 30
_END = b"\r\n\r\n"


@dataclass(frozen=True)
class Job:
    """What to send, where, how fast, and for how long."""

    port: int
    path: str
    body: str
    seconds: float
    connections: int = 8
    rate: float = 0.0
    tokens: str = ""


@dataclass
class Result:
    """What came of it."""

    calls: int = 0
    failed: int = 0
    seconds: float = 0.0
    latencies_ms: list[float] = field(default_factory=list)


def run(job: Job) -> Result:
    """Send until the time is over."""
    result, lock, start = Result(), threading.Lock(), time.perf_counter() + 0.05
    every = job.connections / job.rate if job.rate else 0.0

    def send(number: int) -> None:
        due = start + every * number / job.connections
        latencies, failed = _client(job.port, _requests(job, number), due, every, start + job.seconds)
        with lock:
            result.latencies_ms += latencies
            result.failed += failed

    threads = [threading.Thread(target=send, args=(number,)) for number in range(job.connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    result.calls, result.seconds = len(result.latencies_ms), time.perf_counter() - start
    return result


def _requests(job: Job, number: int) -> Iterator[bytes]:
    """What one of the connections sends, call after call."""
    body = Path(job.body).read_bytes()
    lines = [f"POST {job.path} HTTP/1.1", "Host: 127.0.0.1", "Content-Type: application/json", "Accept: */*"]
    head = "\r\n".join([*lines, f"Content-Length: {len(body)}", ""]).encode()
    if not job.tokens:
        return repeat(head + b"\r\n" + body)
    tokens = Path(job.tokens).read_bytes().split()[number :: job.connections]
    return (head + b"Authorization: Bearer " + token + _END + body for token in tokens)


def _client(port: int, requests: Iterator[bytes], due: float, every: float, end: float) -> tuple[list[float], int]:
    """(latencies, failures) of one connection whose first call is due at a time, the others `every` so often."""
    latencies, failed = [], 0
    connection = socket.create_connection(("127.0.0.1", port), _TIMEOUT_S)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with connection:
        time.sleep(max(due - time.perf_counter(), 0))
        for raw in requests:
            if (started := time.perf_counter()) >= end:
                break
            if every:
                time.sleep(max(due - started, 0))
                started, due = due, due + every
            connection.sendall(raw)
            failed += _answer(connection) != b"200"
            latencies.append((time.perf_counter() - started) * 1000)
    return latencies, failed


def _answer(connection: socket.socket) -> bytes:
    """The status of an answer that is read to its end."""
    got = connection.recv(65536)
    while _END not in got:
        got += _more(connection)
    head, _, body = got.partition(_END)
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    left = int(lengths[0].split(b":")[1]) - len(body)
    while left > 0:
        left -= len(_more(connection))
    return head.split(b" ")[1]


def _more(connection: socket.socket) -> bytes:
    got = connection.recv(65536)
    if not got:
        raise ConnectionError("the server closed the connection in mid-answer")
    return got


if __name__ == "__main__":
    done = run(Job(**json.load(sys.stdin)))
    json.dump(vars(done), sys.stdout)
