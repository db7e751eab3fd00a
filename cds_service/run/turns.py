"""Whose turn it is: of workers, to take new connections; of large requests, to be read.

Read, a body of 5 MB may take 180 MB, and each thread of a worker would hold one.
"""

import contextlib
import socket
from collections.abc import Iterator
from typing import Any, Generic, TypeVar

LARGE_BYTES = 128 * 1024  # a usual call has 20 to 80 kB
MOST_LARGE = 4  # at once: each that computes has the others wait 5 ms, again and again
MOST_LARGE_BYTES = 6 * 1024 * 1024  # one of the largest by default

_STEP_S = 0.0002
_MOST_STEPS = 8
_OF_LONGEST = 8

MOST_ASKED_BYTES = 128 * 1024 * 1024  # of whole requests, for which a thread is due: 2,000 usual ones

T = TypeVar("T")


def head_start(connections: int) -> float:
    """How long, in seconds, a worker with so many connections leaves a new one to the others."""
    return min(connections, _MOST_STEPS) * _STEP_S


def all_waiting(listener: socket.socket) -> Iterator[tuple[socket.socket, Any]]:
    """Each that has connected, with its address: left in the queue of a worker that ends, they would be reset."""
    with contextlib.suppress(OSError):  # nobody waits any more
        while True:
            yield listener.accept()


class Asked(Generic[T]):
    """The whole requests that threads have, or will have, and what they hold in memory together."""

    def __init__(self) -> None:
        self._held: dict[T, int] = {}
        self._bytes = 0

    def take(self, who: T, held: int) -> bool:
        """Count a request of so many bytes; False where that is too much beside the others, and it is not counted."""
        if self._held and self._bytes + held > MOST_ASKED_BYTES:
            return False
        self._held[who] = held
        self._bytes += held
        return True

    def ended(self, who: T) -> int:
        """Count it no longer; the bytes that it held."""
        self._bytes -= (held := self._held.pop(who, 0))
        return held


class Turns(Generic[T]):
    """Who may be answered now: four large requests at once, of so many bytes or one; small ones never wait for them.

    The smallest that waits is next, as it takes the least; one turn in eight is of who has waited longest.
    """

    def __init__(self) -> None:
        self._at_work = self._bytes = self._given = 0
        self._waiting: list[tuple[T, int]] = []  # who has waited longest first

    def begins(self, who: T, held: int) -> bool:
        """Whether a request of so many bytes has its turn at once; else `ended` tells when."""
        if held <= LARGE_BYTES:
            return True
        self._waiting.append((who, held))
        return bool(self._next())  # for those who waited before there is no more room than there was

    def ended(self, held: int) -> list[T]:
        """A request of so many bytes is answered: whose turn it is now."""
        if held > LARGE_BYTES:
            self._at_work -= 1
            self._bytes -= held
        return self._next()

    def _next(self) -> list[T]:
        begun = []
        while self._waiting and self._has_room(self._waiting[place := self._place()][1]):
            who, held = self._waiting.pop(place)
            self._at_work += 1
            self._bytes += held
            self._given += 1
            begun.append(who)
        return begun

    def _has_room(self, held: int) -> bool:
        return not self._at_work or (self._at_work < MOST_LARGE and self._bytes + held <= MOST_LARGE_BYTES)

    def _place(self) -> int:
        """Where the next one stands among those who wait."""
        if self._given % _OF_LONGEST == _OF_LONGEST - 1:
            return 0
        return min(range(len(self._waiting)), key=lambda place: self._waiting[place][1])
