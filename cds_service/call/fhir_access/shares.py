"""How many calls of one client, and of all, may wait for FHIR servers at once: each holds a thread of this worker."""

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

MOST_OF_CLIENT, MOST_OF_ALL = 12, 24  # of the 32 threads of a worker; a usual call waits for some 50 ms


class Shares:
    """The calls of a process that wait now, by client."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting = Counter[str]()

    @contextmanager
    def one(self, client: str) -> Iterator[bool]:
        """Whether one more of this client may wait; it counts until the end of the block."""
        with self._lock:
            free = self._waiting[client] < MOST_OF_CLIENT and self._waiting.total() < MOST_OF_ALL
            self._waiting[client] += free
        try:
            yield free
        finally:
            with self._lock:
                self._waiting[client] -= free
