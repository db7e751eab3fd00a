"""Lines of the log are written by a thread of its own: whoever reads them, or stops to, holds up no answer."""

import io
import logging
import os
import select
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from typing import TextIO
from weakref import WeakSet

MOST_BYTES = 4 * 1024 * 1024  # 8,000 calls
_END_S = 1.0
_PAUSE_S = 0.002
_AGAIN_S = 1.0


class _Waiting:
    """What waits to be written by the thread of this process: `put` and `written` count bytes."""

    def __init__(self) -> None:
        self.lines: SimpleQueue[bytes | None] = SimpleQueue()
        self.put = self.written = 0

    @property
    def held(self) -> int:
        return self.put - self.written


class PatientWriter(logging.Handler):
    """Writes lines in their order, each whole; of more than it may keep the newest are left out, counted and told.

    `dropped` is called for each line that is left out, or that nobody takes any more.
    """

    def __init__(self, stream: TextIO, told: Callable[[int], str], most: int = MOST_BYTES) -> None:
        """`told`: the line that says how many were left out. At most `most` bytes wait."""
        super().__init__()
        self._stream, self._told, self._most = stream, told, most
        self.dropped: Callable[[], None] = _nothing
        self._waiting: _Waiting | None = None
        self._left_out, self._is_full = 0, False
        _ALL.add(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Have the line written soon; nobody waits for that."""
        try:
            line = _bytes_of(self.format(record))
        except Exception:  # whatever it is made of: the program goes on, and it is told that a line is missing
            self._leave_out()
            return
        waiting = self._waiting or self._begin()
        if self._has_room(waiting.put - waiting.written, len(line)):
            if self._left_out:
                self._tell(waiting)
            waiting.put += len(line)
            waiting.lines.put(line)
        else:
            self._leave_out()

    def flush(self) -> None:
        """Wait until all is written, as long as an end may take."""
        until = time.monotonic() + _END_S
        self._wait(until)
        with self._alone():
            if self._left_out and self._waiting and not self._waiting.held:
                self._tell(self._waiting)
        self._wait(until)

    def close(self) -> None:
        """Write what waits, as far as that is taken soon, and let the thread end."""
        self.flush()
        with self._alone():
            if self._waiting:
                self._waiting.lines.put(None)
            self._waiting = None
        super().close()

    def begin_anew(self) -> None:
        """In a process that was forked: the thread, and what waits, are those of the other one."""
        self._waiting, self._left_out, self._is_full = None, 0, False

    def _begin(self) -> _Waiting:
        self._waiting = made = _Waiting()
        threading.Thread(target=self._work, args=(made,), name="log", daemon=True).start()
        return made

    def _has_room(self, held: int, more: int) -> bool:
        """Once it was full it takes lines again when half of it is written: so gaps are few, and told once each."""
        self._is_full = held > self._most // 2 if self._is_full else held + more > self._most
        return not self._is_full

    def _leave_out(self) -> None:
        self._left_out += 1
        self.dropped()

    def _tell(self, waiting: _Waiting) -> None:
        """Say how many lines are missing here."""
        line, self._left_out = _bytes_of(self._told(self._left_out)), 0
        waiting.put += len(line)
        waiting.lines.put(line)

    def _work(self, waiting: _Waiting) -> None:
        while (line := waiting.lines.get()) is not None:
            if not _is_taken(self._stream, line):
                self.dropped()
            waiting.written += len(line)
            if self._left_out and not waiting.held:
                self._tell_if_nobody_else_does(waiting)

    def _tell_if_nobody_else_does(self, waiting: _Waiting) -> None:
        """Where no further line comes; who holds the lock has one, or ends, and tells it."""
        if self.lock and self.lock.acquire(blocking=False):
            try:
                if self._left_out:
                    self._tell(waiting)
            finally:
                self.lock.release()

    def _wait(self, until: float) -> None:
        waiting = self._waiting
        while waiting and waiting.held and time.monotonic() < until:
            time.sleep(_PAUSE_S)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self.acquire()
        try:
            yield
        finally:
            self.release()


_ALL: "WeakSet[PatientWriter]" = WeakSet()


def _nothing() -> None:
    """Nobody counts."""


def _bytes_of(line: str) -> bytes:
    return f"{line}\n".encode("utf-8", "backslashreplace")


def _is_taken(stream: TextIO, line: bytes) -> bool:
    """Write one line, however long that takes; whether it was taken.

    Past the buffer of the stream: a thread that waits with its lock would have Python abort at its end.
    """
    try:
        file = stream.fileno()
    except io.UnsupportedOperation:  # of a test
        stream.write(line.decode())
        return True
    except (AttributeError, ValueError):  # there is none, or it is closed
        return False
    rest = memoryview(line)
    while rest:
        try:
            rest = rest[os.write(file, rest) :]
        except BlockingIOError:  # somebody who shares it has made it so
            select.select([], [file], [], _AGAIN_S)
        except OSError:  # nobody reads it any more
            return False
    return True


def _begin_anew() -> None:
    for writer in tuple(_ALL):
        writer.begin_anew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)
