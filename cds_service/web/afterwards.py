"""Work that is done after an answer has gone out, one piece after the other, and never waited for."""

import os
import queue
import threading
from collections.abc import Callable
from functools import partial

from cds_service.threads import go_on

WAITING = 32  # pieces; a worker that is busier than that leaves the next ones out
MOST_BYTES = 6 * 1024 * 1024  # of the requests that wait, or one: read, they take up to 36 times as much


class Afterwards:
    """A thread in each process that does what waits; of too much it takes nothing more."""

    def __init__(self, most: int = WAITING) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._owner = -1
        self._waiting: queue.Queue[tuple[Callable[[], None], int]] = queue.Queue(most)
        self._bytes = 0

    def submit(self, work: Callable[[], None], size: int = 0) -> bool:
        """Have it done soon; False when too much waits already. The work tells its own faults.

        `size`: the bytes of the request that it keeps in memory.
        """
        self._begin()
        with self._lock:
            if self._waiting.full() or (self._bytes and self._bytes + size > MOST_BYTES):
                return False
            self._bytes += size
            self._waiting.put_nowait((work, size))
        return True

    def flush(self) -> None:
        """Wait until all that waits is done."""
        if self._owner == os.getpid():
            self._waiting.join()

    def _begin(self) -> None:
        """A fork brings no thread along, and what waits is the other process's."""
        if self._owner == os.getpid():
            return
        with self._lock:
            if self._owner != os.getpid():
                self._waiting, self._bytes, self._owner = queue.Queue(self._most), 0, os.getpid()
                go_on(partial(self._do_next, self._waiting), "afterwards")

    def _do_next(self, waiting: queue.Queue[tuple[Callable[[], None], int]]) -> None:
        work, size = waiting.get()
        try:
            work()
        finally:
            with self._lock:
                self._bytes -= size
            waiting.task_done()
