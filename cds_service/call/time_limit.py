"""The most time that one evaluation may take.

Looked at while many resources are read, which is what takes long; and from outside, whatever takes the time: one order
with a hundred thousand dosages is one resource. And who may have how many evaluations that take long: the threads of a
worker share one processor, and one client could have them all.
"""

import ctypes
import os
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar, overload

from cards import Stopped
from cds_service.errors import TooManyLong, TooMuch
from cds_service.run.settings import PREFIX
from cds_service.threads import go_on

_MANY = 1000
_LOOK_EVERY = 256
_LOOK_S = 0.25
_STEPS = 8
_WHOLE = 2  # an evaluation as a whole, in times of the limit for reading
LONG_S = 0.1  # of processor time: a usual call takes 0.01
MOST_LONG = 4  # that take so long, of one client at once
CROWDED_S = 60.0  # so long one that had more has no more than so many at once in all
T = TypeVar("T")


class _TimeIsUp(Stopped):
    """Raised in the thread of an evaluation, wherever it is."""


class _GivesWay(_TimeIsUp):
    """Raised in one that takes long, of a client that has too many of these."""


@dataclass(frozen=True, slots=True)
class _Running:
    """An evaluation: the clock of its thread, what that told at the beginning and may tell at the end, and whose."""

    clock: int
    began: float
    until: float
    who: str

    @property
    def is_over(self) -> bool:
        return time.clock_gettime(self.clock) > self.until

    @property
    def is_long(self) -> bool:
        return time.clock_gettime(self.clock) - self.began > LONG_S


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
    """The evaluations of this process by thread, the one that began first at the beginning."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owner = -1
        self._until: dict[int, _Running] = {}
        self._crowded: dict[str, float] = {}

    def begin(self, thread: int, seconds: float, who: str = "") -> None:
        """Have the thread stopped when it has spent so much processor time from now.

        TooManyLong when it is for one who has too many that take long, or had of late.
        """
        if self._owner != os.getpid():
            self._begin_to_look()
        clock = time.pthread_getcpuclockid(thread)
        now = time.clock_gettime(clock)
        with self._lock:
            if who and self._is_crowded(who):
                raise TooManyLong
            self._until[thread] = _Running(clock, now, now + seconds, who)

    def _is_crowded(self, who: str) -> bool:
        """Whether no more may begin; one that is refused for those that take long is not soon forgotten."""
        his = [running for running in self._until.values() if running.who == who]
        if len(his) < MOST_LONG:
            return False
        if sum(running.is_long for running in his) >= MOST_LONG:
            self._crowded[who] = time.monotonic() + CROWDED_S
        return time.monotonic() < self._crowded.get(who, 0.0)

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
                go_on(self._look, "time limit")

    def _look(self) -> None:
        """Again and again: a reader in between may take the first one for a fault of its own."""
        time.sleep(_LOOK_S)
        self._stop_some()

    def _stop_some(self) -> None:
        """What has had its time, and of who has too many that take long those that began last."""
        of = Counter[str]()
        with self._lock:
            for thread, running in tuple(self._until.items()):
                if running.is_over:
                    _stop(thread, _TimeIsUp)
                elif running.who and running.is_long:
                    of[running.who] += 1
                    if of[running.who] > MOST_LONG:
                        self._crowded[running.who] = time.monotonic() + CROWDED_S
                        _stop(thread, _GivesWay)


_EVALUATIONS = _Evaluations()


def within(limit_ms: int | None, work: Callable[[], T], who: str = "") -> T:
    """What the work brings; TooMuch soon after this thread has spent twice as much processor time on it.

    TooManyLong when it is for one (`who`) that has too many in this process that take long.
    Where threads have no such clock (not on Linux) only sequences are watched.
    """
    if not limit_ms or not hasattr(time, "pthread_getcpuclockid"):
        return work()
    thread = threading.get_ident()
    try:
        try:
            _EVALUATIONS.begin(thread, _WHOLE * limit_ms / 1000, who)
            return work()
        finally:
            _EVALUATIONS.end(thread)
    except _TimeIsUp as stopped:
        _EVALUATIONS.end(thread)  # where it came just as the end began: else it would come again, into other work
        raise (TooManyLong() if isinstance(stopped, _GivesWay) else _too_long(limit_ms)) from None


def _stop(thread: int, kind: type[_TimeIsUp]) -> None:
    """Raise in a thread at its next step in Python.

    Never taken back: an interpreter that is told to look, and finds nothing, looks at every step ever after.
    """
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread), ctypes.py_object(kind))


def _too_long(limit_ms: int) -> TooMuch:
    return TooMuch(
        f"The request takes more than {limit_ms} ms to evaluate. Send what the prefetch templates "
        f"ask for, with their dates and counts, or raise {PREFIX}EVALUATION_MS."
    )
