"""Starts the servers that are compared, and reads their processor time and memory."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

READY_S = 120
STILL_S, STILL_CPU_S = 1.0, 0.03
ROOT = Path(__file__).parents[1]
_MB = 1024 * 1024


@dataclass(frozen=True)
class Server:
    """A server that is ready; `cold_start_s` from exec to the first 200 of /readyz, `cold_start_cpu_s` of processor."""

    port: int
    process: psutil.Process
    cold_start_s: float
    cold_start_cpu_s: float = 0.0

    def cpu_s(self) -> float:
        """Processor time that the processes of the server have used."""
        return sum(t.user + t.system for t in (p.cpu_times() for p in self._tree()))

    def settle(self) -> None:
        """Wait until the processes have nothing more to do for their start.

        The process that ships records loads itself beside the first calls, which would seem to cost what it costs.
        """
        deadline, used = time.monotonic() + READY_S, -1.0
        while (now := self.cpu_s()) - used > STILL_CPU_S and time.monotonic() < deadline:
            used = now
            time.sleep(STILL_S)

    def worker_mb(self) -> float:
        """Memory of the largest worker in MB: its share of what it shares, as far as the system tells."""
        return max(map(_memory, self.process.children())) / _MB

    def workers_mb(self) -> float:
        """Memory of all workers."""
        return sum(map(_memory, self.process.children())) / _MB

    def others_mb(self) -> float:
        """Memory of what is no worker: the process that began them, and that which ships records."""
        return sum(map(_memory, self._tree())) / _MB - self.workers_mb()

    def _tree(self) -> list[psutil.Process]:
        return [self.process, *self.process.children(recursive=True)]


def _memory(process: psutil.Process) -> int:
    told = process.memory_full_info()
    return int(getattr(told, "pss", 0) or told.uss)


@contextmanager
def service(folder: Path, workers: int, **environment: str) -> Iterator[Server]:
    """`magnesium-cds serve`, authentication off, records on; it writes below the folder only."""
    env = {
        **{name: value for name, value in os.environ.items() if not name.startswith("MAGNESIUM_CDS_")},
        **compiled_below(folder),
        "MAGNESIUM_CDS_AUTH": "off",
        "MAGNESIUM_CDS_DATABASE_URL": f"sqlite:///{folder / 'bench.sqlite'}",
        "XDG_DATA_HOME": str(folder),
        **environment,
    }
    port = free_port()
    command = _module("cds_service", "serve", "--port", str(port), "--workers", str(workers))
    with started(command, port, env, folder) as made:
        yield made


def compiled_below(folder: Path) -> dict[str, str]:
    """The environment of code that is compiled once, as pip installs it: where Python keeps it, else in a folder."""
    if not os.environ.get("PYTHONDONTWRITEBYTECODE"):
        return {}
    return {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "compiled")}


@contextmanager
def bare(folder: Path, workers: int, answers: Mapping[str, str], kind: str) -> Iterator[Server]:
    """A bare application of a kind (wsgi or flask) with these answers."""
    path, port = folder / "answers.json", free_port()
    path.write_text(json.dumps(answers), encoding="utf-8")
    command = _module("bench.bare", "--port", str(port), "--answers", str(path), "--kind", kind)
    command += ["--workers", str(workers)]
    with started(command, port, dict(os.environ), folder) as made:
        yield made


@contextmanager
def peer(folder: Path, command: Sequence[str]) -> Iterator[Server]:
    """The empty handler of a peer, begun by a command that ends in the port."""
    port = free_port()
    with started([*command, str(port)], port, dict(os.environ), folder) as made:
        yield made


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _module(*command: str) -> list[str]:
    return [sys.executable, "-m", *command]


@contextmanager
def started(command: list[str], port: int, env: Mapping[str, str], folder: Path) -> Iterator[Server]:
    log = folder / f"{port}.log"
    with log.open("wb") as errors:
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=errors, stderr=errors)
    try:
        _wait(process, port, log)
        ready = Server(port, psutil.Process(process.pid), time.perf_counter() - began)
        yield replace(ready, cold_start_cpu_s=ready.cpu_s())
    finally:
        process.terminate()
        process.wait(READY_S)


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Return at the first 200 of /readyz."""
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.002)
    raise RuntimeError(f"The server did not get ready:\n{log.read_text(errors='replace')[-2000:]}")
