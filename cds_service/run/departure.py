"""An answer as it leaves: what the other side does not take at once waits for it, and no thread waits with it."""

import socket
from contextlib import suppress


class Departing(socket.socket):
    """A connection whose `sendall` never waits: what does not fit into the buffers of the system stays in `rest`."""

    def __init__(self, accepted: socket.socket) -> None:
        super().__init__(fileno=accepted.detach())
        self.rest = bytearray()

    def sendall(self, data: bytes, flags: int = 0, /) -> None:  # type: ignore[override] # bytes are all that is sent
        """Send what fits, after what waits already; OSError when the other side is gone."""
        self.rest += data
        self.send_on()

    def send_on(self) -> int:
        """Send more of what waits; how many bytes went."""
        if not self.rest:
            return 0
        with suppress(BlockingIOError):
            sent = self.send(self.rest, socket.MSG_DONTWAIT)
            del self.rest[:sent]
            return sent
        return 0


def send_short(connection: socket.socket, data: bytes) -> None:
    """Send what fits into the buffers of the system, which is all of something so short."""
    with suppress(OSError):
        connection.send(data)
