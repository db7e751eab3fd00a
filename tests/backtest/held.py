"""A back-test whose pieces wait: so a test can act in mid-run, however fast or slow the machine is."""

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from cds_service.backtest import run
from cds_service.backtest.job import Job
from cds_service.backtest.reduce import Reduced, reduce_bucket
from cds_service.backtest.scan import scan_shard
from tests.machine import wait_for

T = TypeVar("T")
GO_ON = "go-on"


def held_scan(job: Job, number: int) -> int:
    """Scans the first shard; every other waits to be let go, and says who holds it."""
    return _held(scan_shard, 1, job, number)


def held_reduce(job: Job, number: int) -> Reduced:
    """Decides for the first two buckets; every other waits to be let go, and says who holds it."""
    return _held(reduce_bucket, 2, job, number)


def holders(work: Path) -> set[int]:
    """The processes that hold a piece of the run in this folder."""
    return {int(path.name.removeprefix("held-by-")) for path in work.glob("held-by-*")}


def let_go(work: Path) -> None:
    """Let every piece be done."""
    (work / GO_ON).touch()


def _held(work: Callable[[Job, int], T], first: int, job: Job, number: int) -> T:
    if number >= first:
        (job.folder / f"held-by-{os.getpid()}").touch()
        wait_for((job.folder / GO_ON).exists, "the pieces are let go")
    return work(job, number)


def main() -> None:
    """The command line, with shards that are never let go; Ctrl-C counts even where who started it ignores it."""
    from cds_service.run.cli import main as command

    signal.signal(signal.SIGINT, signal.default_int_handler)
    run.scan_shard = held_scan
    command()


if __name__ == "__main__":
    from tests.backtest.held import main as held  # by its name, which the worker processes find again

    held()
