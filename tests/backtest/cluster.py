"""A Dask cluster on loopback: a scheduler and workers, each a process of its own."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

_SECONDS = 60
_QUIET = ("--host", "127.0.0.1", "--no-dashboard")


def wait_for(condition: Callable[[], object], what: str, seconds: float = _SECONDS) -> None:
    """Return when the condition holds; AssertionError when it does not in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not happen in {seconds} s"
        time.sleep(0.02)


@contextmanager
def cluster(folder: Path, workers: int = 2) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """(address, worker processes) of a cluster; it ends with the context."""
    told = folder / "scheduler.json"
    with ExitStack() as stack:
        scheduler = _started(stack, folder / "scheduler.log", "scheduler", "--port", "0", "--scheduler-file", str(told))
        wait_for(lambda: (told.exists() and told.stat().st_size) or scheduler.poll() is not None, "a scheduler")
        address = json.loads(told.read_text(encoding="utf-8"))["address"]
        single = ("--nthreads", "1", "--no-nanny", "--local-directory", str(folder))
        yield address, [_started(stack, folder / f"{n}.log", "worker", address, *single) for n in range(workers)]


def _started(stack: ExitStack, log: Path, role: str, *options: str) -> subprocess.Popen[bytes]:
    """A process of the cluster, ended when the stack is."""
    root = str(Path(__file__).parents[2])
    command = [sys.executable, "-m", f"distributed.cli.dask_{role}", *_QUIET, *options]
    with log.open("wb") as opened:
        process = subprocess.Popen(
            command, stdout=opened, stderr=opened, cwd=root, env={**os.environ, "PYTHONPATH": root}
        )
    stack.callback(_stop, process)
    return process


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
