"""A Dask cluster on loopback: a scheduler and workers, each a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.machine import LONG_S, wait_for

_QUIET = ("--host", "127.0.0.1", "--no-dashboard")


@contextmanager
def cluster(folder: Path, workers: int = 2) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """(address, worker processes) of a cluster; it ends with the context."""
    told = folder / "scheduler.json"
    with ExitStack() as stack:
        scheduler = _started(stack, folder / "scheduler.log", "scheduler", "--port", "0", "--scheduler-file", str(told))
        wait_for(lambda: (told.exists() and told.stat().st_size) or scheduler.poll() is not None, "a scheduler starts")
        address = json.loads(told.read_text(encoding="utf-8"))["address"]
        single = ("--nthreads", "1", "--no-nanny", "--local-directory", str(folder))
        yield address, [_started(stack, folder / f"{n}.log", "worker", address, *single) for n in range(workers)]


def _started(stack: ExitStack, log: Path, role: str, *options: str) -> subprocess.Popen[bytes]:
    """A process of the cluster, ended when the stack is."""
    root = str(Path(__file__).parents[2])
    paths = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    command = [sys.executable, "-m", f"distributed.cli.dask_{role}", *_QUIET, *options]
    with log.open("wb") as opened:
        process = subprocess.Popen(
            command,
            stdout=opened,
            stderr=opened,
            cwd=root,
            env=os.environ | {"PYTHONPATH": paths},
        )
    stack.callback(_stop, process)
    return process


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(timeout=LONG_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
