"""gunicorn's worker of threads, made to share connections out evenly and to refuse in the words of the service."""

import contextlib
import socket
import time

from gunicorn.workers.gthread import ThreadWorker

from cds_service.run.refusals import FAULT, refusal_of, written

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

    def handle_error(self, req: object, client: socket.socket, addr: object, exc: Exception) -> None:
        """Answer what cannot be read, or what failed, with an OperationOutcome.

        Nothing of the request is logged, as gunicorn does: a header may hold a token or a name.
        """
        refusal = refusal_of(exc)
        if refusal is FAULT:
            self.log.exception("Error handling request")
        else:
            self.log.warning("Invalid request")
        with contextlib.suppress(OSError):  # whoever sent it may be gone
            client.sendall(written(refusal))


def head_start(connections: int) -> float:
    """How long, in seconds, a worker with so many connections leaves a new one to the others."""
    return min(connections, _MOST_STEPS) * _STEP_S
