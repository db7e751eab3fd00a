"""gunicorn's worker of threads, made to share connections out evenly."""

import socket
import time

from gunicorn.workers.gthread import ThreadWorker

_STEP_S = 0.0002
_MOST_STEPS = 8


class SharingWorker(ThreadWorker):  # type: ignore[misc] # gunicorn is not typed
    """A worker that accepts the later the more connections it holds, so that the others accept first.

    A connection that is kept open stays with its worker. As gunicorn has it, one of two workers took 6 or 7 of 8
    connections opened at once, and half of the machine idled.
    """

    def accept(self, listener: socket.socket) -> None:
        """Accept what no other worker has taken by now."""
        time.sleep(head_start(self.nr_conns))
        super().accept(listener)


def head_start(connections: int) -> float:
    """How long, in seconds, a worker with so many connections leaves a new one to the others."""
    return min(connections, _MOST_STEPS) * _STEP_S
