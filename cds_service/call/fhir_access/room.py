"""How much of what FHIR servers answer is read: by one call, and by all calls of a worker that read one server.

Read, a megabyte of empty objects takes 36 in memory.
"""

import threading

from cds_service.call.fhir_access.outcome import NotFetched, Outcome

MOST_OF_CALL = 8 * 1024 * 1024  # of all its queries and pages; a client may send 5 MB
MOST_OF_SERVER = 12 * 1024 * 1024  # at once, beside what each call may have in any case
MOST_OF_CLIENT = 8 * 1024 * 1024  # where several read it: the others have the rest
ALWAYS_OF_CALL = 256 * 1024  # a usual call reads 20 to 200 kB, and fails for no other that reads much


class ServerRoom:
    """The bytes that all calls of this worker read of one server now, beside what each may have in any case.

    `shared`: the room of which this is the share of one client, `most` of it at once.
    """

    def __init__(self, shared: "ServerRoom | None" = None, most: int = MOST_OF_SERVER) -> None:
        self._shared, self._most = shared, most
        self._lock = threading.RLock()  # a call's room may be given back wherever its thread tidies up, here too
        self.held = 0

    def take(self, size: int) -> bool:
        """Whether there is room for so many bytes more, which are held from now on."""
        with self._lock:
            if self.held + size > self._most or (self._shared and not self._shared.take(size)):
                return False
            self.held += size
            return True

    def give_back(self, size: int) -> None:
        """What was held is no longer needed."""
        with self._lock:
            self.held -= size
        if self._shared:
            self._shared.give_back(size)


class CallRoom:
    """The bytes that one call may read of one server, with all that it asks it, at the same time or not.

    The server has its room back when nobody reads for the call any more.
    """

    def __init__(self, server: ServerRoom) -> None:
        self._server = server
        self._lock = threading.Lock()
        self._read = self._taken = 0

    def __del__(self) -> None:
        self._server.give_back(self._taken)

    def check(self) -> None:
        """NotFetched when nothing more is read: then nothing more needs to be asked."""
        if self._read > MOST_OF_CALL:
            raise NotFetched(Outcome.TOO_LARGE)

    def take(self, size: int) -> None:
        """So many bytes came; NotFetched when that is more than there is room for."""
        with self._lock:
            self._read += size
            self.check()
            beyond = max(self._read - ALWAYS_OF_CALL, 0) - self._taken
            if beyond > 0 and not self._server.take(beyond):
                raise NotFetched(Outcome.TOO_LARGE)
            self._taken += max(beyond, 0)
