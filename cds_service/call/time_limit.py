"""The most time that one evaluation may take.

Looked at while many resources are read, which is what takes long; and from outside, whatever takes the time: one order
with a hundred thousand dosages is one resource.
"""

import ctypes
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar, overload

from cards import Stopped
from cds_service.errors import TooMuch
from cds_service.run.settings import PREFIX

_MANY = 1000
_LOOK_EVERY = 256
_LOOK_S = 0.25
_STEPS = 8
_WHOLE = 2  # an evaluation as a whole, in times of the limit for reading
T = TypeVar("T")


class _TimeIsUp(Stopped):
    """Raised in the thread of an evaluation, wherever it is."""


class Watched(Sequence[T]):
    """A sequence that can be read until a time, in seconds of processor time of this thread; TooMuch after it."""

    def __init__(self, items: Sequence[T], until: float, limit_ms: int) -> None:
        self._items, self._until, self._limit_ms = items, until, limit_ms

    def __iter__(self) -> Iterator[T]:
        for number, item in enumerate(self._items):
            if number % _LOOK_EVERY == 0 and time.thread_time() > self._until:
                raise _too_long(self._limit_ms)
            yield item

    def __len__(self) -> int:
        return len(self._items)

    @overload
    def __getitem__(self, place: int) -> T: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[T]: ...

    def __getitem__(self, place: int | slice) -> T | Sequence[T]:
        return self._items[place]


def watch(limit_ms: int) -> Callable[[Sequence[T]], Sequence[T]]:
    """What puts a watch on a sequence that holds many; the time counts from now."""
    until = time.thread_time() + limit_ms / 1000
    return lambda items: items if len(items) < _MANY else Watched(items, until, limit_ms)


class _Evaluations:
    """The evaluations of this process by thread, each with the clock of its thread and when it has to be over."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owner = -1
        self._until: dict[int, tuple[int, float]] = {}

    def begin(self, thread: int, seconds: float) -> None:
        """Have the thread stopped when it has spent so much processor time from now."""
        if self._owner != os.getpid():
            self._begin_to_look()
        clock = time.pthread_getcpuclockid(thread)
        self._until[thread] = clock, time.clock_gettime(clock) + seconds

    def end(self, thread: int) -> None:
        """The thread is done; what was raised in it too late comes here, and is of no use."""
        while True:
            try:
                with self._lock:
                    self._until.pop(thread, None)  # from now on nothing more is raised
                for _ in range(_STEPS):
                    pass  # what was raised is met at a step
            except _TimeIsUp:
                continue
            return

    def _begin_to_look(self) -> None:
        """A fork brings no thread along."""
        with self._lock:
            if self._owner != os.getpid():
                self._owner, self._until = os.getpid(), {}
                threading.Thread(target=self._look, name="time limit", daemon=True).start()

    def _look(self) -> None:
        """Again and again: a reader in between may take the first one for a fault of its own."""
        while True:
            time.sleep(_LOOK_S)
            with self._lock:
                for thread, (clock, until) in tuple(self._until.items()):
                    if time.clock_gettime(clock) > until:
                        _stop(thread)


_EVALUATIONS = _Evaluations()


def within(limit_ms: int | None, work: Callable[[], T]) -> T:
    """What the work brings; TooMuch soon after this thread has spent twice as much processor time on it.

    Where threads have no such clock (not on Linux) only sequences are watched.
    """
    if not limit_ms or not hasattr(time, "pthread_getcpuclockid"):
        return work()
    thread = threading.get_ident()
    try:
        try:
            _EVALUATIONS.begin(thread, _WHOLE * limit_ms / 1000)
            return work()
        finally:
            _EVALUATIONS.end(thread)
    except _TimeIsUp:
        _EVALUATIONS.end(thread)  # where it came just as the end began: else it would come again, into other work
        raise _too_long(limit_ms) from None


def _stop(thread: int) -> None:
    """Raise in a thread at its next step in Python.

    Never taken back: an interpreter that is told to look, and finds nothing, looks at every step ever after.
    """
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(_TimeIsUp))


def _too_long(limit_ms: int) -> TooMuch:
    return TooMuch(
        f"The request takes more than {limit_ms} ms to evaluate. Send what the prefetch templates "
        f"ask for, with their dates and counts, or raise {PREFIX}EVALUATION_MS."
    )
