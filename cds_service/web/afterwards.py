"""Work that is done after an answer has gone out, one piece after the other, and never waited for."""

import os
import queue
import threading
from collections.abc import Callable

WAITING = 32  # pieces; a worker that is busier than that leaves the next ones out


class Afterwards:
    """A thread in each process that does what waits; of too much it takes nothing more."""

    def __init__(self, most: int = WAITING) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._owner = -1
        self._waiting: queue.Queue[Callable[[], None]] = queue.Queue(most)

    def submit(self, work: Callable[[], None]) -> bool:
        """Have it done soon; False when too much waits already. The work tells its own faults."""
        self._begin()
        try:
            self._waiting.put_nowait(work)
        except queue.Full:
            return False
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
                self._waiting, self._owner = queue.Queue(self._most), os.getpid()
                threading.Thread(target=self._work, args=(self._waiting,), name="afterwards", daemon=True).start()

    def _work(self, waiting: queue.Queue[Callable[[], None]]) -> None:
        while True:
            work = waiting.get()
            try:
                work()
            finally:
                waiting.task_done()
