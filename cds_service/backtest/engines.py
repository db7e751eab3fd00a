"""Where the work is done: the cores of this machine, or a Dask cluster. Functions and results are the same."""

import multiprocessing
import signal
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import partial
from importlib import import_module
from typing import Protocol, TypeVar

from cds_service.backtest.job import BacktestError, Job

T = TypeVar("T")
Work = Callable[[Job, int], T]
CONNECT_SECONDS = 20.0
_INSTALL = "The Dask engine is not installed. Install it beside this program: pip install distributed."
_LOST = (
    "Workers were lost, perhaps for want of memory. Run the same command again to go on from here, with fewer workers "
    "on each machine."
)
_NO_SCHEDULER = (
    "No Dask scheduler answers at {address} ({why}). Start one with `dask scheduler` and its workers with "
    "`dask worker ADDRESS`, and pass its address, e.g. tcp://10.0.0.5:8786."
)
_NO_WORKERS = "The Dask scheduler at {address} has no workers. Start some with `dask worker {address}`."


class Engine(Protocol):
    """Runs a function over numbered pieces of a job, in any order."""

    def map(self, work: Work[T], job: Job, numbers: Sequence[int]) -> Iterator[T]:
        """The result of each piece as it is done."""

    def close(self) -> None:
        """Stop at once; pieces that are not done are dropped."""


class LocalEngine:
    """Processes on this machine; with one worker, or one piece, this process."""

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._pool: ProcessPoolExecutor | None = None

    def map(self, work: Work[T], job: Job, numbers: Sequence[int]) -> Iterator[T]:
        """The result of each piece as it is done."""
        if min(self._workers, len(numbers)) <= 1:
            yield from (work(job, number) for number in numbers)
            return
        pool = self._started()  # not held back itself: its first lock starts a process that lets interrupts through
        with _interrupts_held_back():
            futures = [pool.submit(work, job, number) for number in numbers]
        try:
            for done in as_completed(futures):
                yield done.result()
        except BrokenProcessPool:
            raise BacktestError(_LOST) from None

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # not forked: the progress display runs in a thread
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self._workers, context, initializer=_leave_interrupts_to_the_parent)
        return self._pool

    def close(self) -> None:
        """Stop at once; pieces that are not done are dropped."""
        if self._pool is not None:
            for child in multiprocessing.active_children():
                child.terminate()
            # its thread is waited for: one that runs on while Python ends writes into closed pipes, and says so
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None


@contextmanager
def _interrupts_held_back() -> Iterator[None]:
    """Processes that are started here are born deaf to Ctrl-C; ours hears one that came meanwhile right after."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _leave_interrupts_to_the_parent() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)


class DaskEngine:
    """The workers of a running Dask scheduler; they must see the export and the report folder at the same paths.

    BacktestError when the scheduler, or `workers` of its workers, are not there within `seconds`.
    """

    def __init__(self, address: str, workers: int = 1, seconds: float = CONNECT_SECONDS) -> None:
        try:
            self._distributed = import_module("distributed")
        except ImportError:
            raise BacktestError(_INSTALL) from None
        try:
            self._client = self._distributed.Client(address, timeout=seconds, set_as_default=False)
        except (OSError, ValueError) as problem:
            raise BacktestError(_NO_SCHEDULER.format(address=address, why=type(problem).__name__)) from None
        try:
            self._client.wait_for_workers(workers, timeout=seconds)
        except (OSError, TimeoutError):
            self.close()
            raise BacktestError(_NO_WORKERS.format(address=address)) from None

    def map(self, work: Work[T], job: Job, numbers: Sequence[int]) -> Iterator[T]:
        """The result of each piece as it is done; a piece whose worker is lost is done again elsewhere."""
        futures = self._client.map(partial(work, job), numbers, pure=False)
        try:
            for done in self._distributed.as_completed(futures, loop=self._client.loop):
                yield done.result()
        except (self._distributed.KilledWorker, CancelledError):
            raise BacktestError(_LOST) from None
        finally:
            self._client.cancel(futures)

    def close(self) -> None:
        """Leave the cluster."""
        self._client.close()
