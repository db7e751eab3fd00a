"""The spool: records are appended to a local file and wait there until they were shipped to the database.

Each process appends to a file of its own, which it holds locked; a file that nobody holds is complete. One line a
record. A line reaches the operating system before the call returns, so it outlives the process; while the disk takes
none, lines wait in memory, within a bound, and are written when it does again.
"""

import os
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import orjson

from cds_service.records.locks import hold
from cds_service.records.log import record_trouble
from cds_service.records.private_files import open_regular, place_of
from cds_service.records.state import Status, read_status

_ENDING = ".jsonl"
_LARGEST = 16 * 1024 * 1024
_MOST_HELD = 16 * 1024 * 1024
_TRY_AGAIN_S = 0.5

Json = dict[str, object]


class Spool:
    """Appends records; for any number of threads, in the process that first appends.

    `holds` is told how many bytes wait in the memory of this process, `loses` each record that is lost as it ends.
    """

    def __init__(
        self, folder: Path, holds: Callable[[int], None] = lambda _: None, loses: Callable[[], None] = lambda: None
    ) -> None:
        self.folder, self._tell_held, self._tell_lost = folder, holds, loses
        self._lock = threading.Lock()
        self._file: int | None = None
        self._path = folder
        self._written = 0
        self._seen = False
        self._taken_away = 0.0
        self._held = deque[bytes]()
        self._held_bytes, self._try_at = 0, 0.0
        os.register_at_fork(after_in_child=self._forget)

    def append(self, record: Json) -> bool:
        """Keep the record; False, with a line in the log, when neither disk nor memory take it."""
        line = orjson.dumps(record) + b"\n"
        with self._lock:
            return (not self._held and self._takes(line)) or self._holds(line)

    def _takes(self, line: bytes) -> bool:
        try:
            self._write(line)
        except OSError as problem:
            self._close()  # what was written of the line ends this file; the next record begins another
            record_trouble("spool unusable: records wait in memory", folder=str(self.folder), problem=repr(problem))
            return False
        return True

    def _holds(self, line: bytes) -> bool:
        if self._held_bytes + len(line) > _MOST_HELD:
            record_trouble("spool unusable for long: a record is lost", folder=str(self.folder))
            return False
        self._held.append(line)
        self._held_bytes += len(line)
        self._write_held()
        self._tell_held(self._held_bytes)
        return True

    def _write_held(self) -> None:
        """Write what waits, in order; not asked again at once where the disk takes nothing."""
        if not self._held or time.monotonic() < self._try_at:
            return
        while self._held and self._takes(self._held[0]):
            self._held_bytes -= len(self._held.popleft())
        self._tell_held(self._held_bytes)
        self._try_at = time.monotonic() + _TRY_AGAIN_S if self._held else 0.0

    def status(self) -> Status | None:
        """The shipper's last word about this folder, and when it was last found taken away."""
        told = read_status(self.folder)
        if not self._taken_away:
            return told
        told = told or Status(0.0, False)
        return replace(told, taken_away=max(told.taken_away, self._taken_away))

    def look(self) -> bool:
        """Whether folder and file are where they were; what was taken away is written anew, with all that it held."""
        with self._lock:
            self._write_held()
            there = self.folder.is_dir() if self._file is None else self._in_place(self._file)
            if there or not self._seen:
                self._seen = self._seen or there
                return True
            self._taken_away = time.time()
            try:
                held = self._write_anew()
            except OSError as problem:
                record_trouble("state folder taken away: records wait in memory", problem=type(problem).__name__)
                return False
        record_trouble("state folder taken away: written anew", folder=str(self.folder), bytes=str(held))
        return False

    def _in_place(self, file: int) -> bool:
        told = os.fstat(file)
        return place_of(self._path) == (told.st_dev, told.st_ino)

    def _write_anew(self) -> int:
        """Begin another file with what the one holds that nobody can find any more; how many bytes."""
        lost, self._file = self._file, None
        try:
            held = os.pread(lost, _LARGEST * 2, 0) if lost is not None else b""
            self._write(held)
        except OSError:
            self._close()
            self._file = lost
            raise
        if lost is not None:
            os.close(lost)
        return len(held)

    def bytes_on_disk(self) -> int:
        """The size of the files in this folder; what was shipped of a file still in use counts too."""
        return sum(size(path) for path in waiting(self.folder))

    def close(self) -> None:
        """Let the file go, with all that waits; the next record begins another."""
        with self._lock:
            self._try_at = 0.0
            self._write_held()
            self._close()
            if self._held:
                record_trouble("spool unusable at the end: records are lost", records=str(len(self._held)))
            for _ in self._held:
                self._tell_lost()

    def _write(self, line: bytes) -> None:
        if self._file is None or self._written > _LARGEST:
            self._file = self._begin()
        written = os.write(self._file, line)
        self._written += written
        if written < len(line):
            raise OSError("the disk is full")

    def _begin(self) -> int:
        self._close()
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        new = self.folder / f"{os.getpid()}-{secrets.token_hex(8)}.new"
        file = os.open(new, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o600)
        hold(file)
        self._path = new.with_suffix(_ENDING)
        new.rename(self._path)  # only now, locked, can it be seen by who ships it
        self._written, self._seen = 0, True
        return file

    def _close(self) -> None:
        if self._file is not None:
            os.close(self._file)
        self._file = None

    def _forget(self) -> None:
        """A forked process begins a file of its own, and must not share a lock that another thread held."""
        self._lock = threading.Lock()
        self._held.clear()  # the other process writes them
        self._held_bytes = 0
        self._close()


def waiting(folder: Path) -> list[Path]:
    """The files of the spool, in the order in which they were begun."""
    try:
        return sorted(folder.glob(f"*{_ENDING}"), key=_begun)
    except OSError:
        return []


def lines(path: Path, offset: int, most: int) -> Iterator[tuple[bytes, int]]:
    """At most `most` complete lines from an offset, each with the offset behind it."""
    with open(path, "rb", opener=open_regular) as file:
        file.seek(offset)
        for line in file:
            if not line.endswith(b"\n") or most <= 0:
                return
            offset, most = offset + len(line), most - 1
            yield line, offset


def remove_if_done(path: Path, offset: int) -> bool:
    """Remove a file that nobody writes to any more and whose complete lines were shipped; whether it is gone."""
    with _claimed(path) as claimed:
        if not claimed or next(lines(path, offset, 1), None):
            return False
        if size(path) > offset:
            record_trouble("a record that was not written to its end is dropped", file=path.name)
        path.unlink(missing_ok=True)
        return True


@contextmanager
def _claimed(path: Path) -> Iterator[bool]:
    """Whether no process writes to the file; none will once we hold it."""
    try:
        descriptor = open_regular(str(path), os.O_RDWR)
    except OSError:
        yield False
        return
    try:
        yield hold(descriptor)
    finally:
        os.close(descriptor)


def _begun(path: Path) -> float:
    try:
        return path.stat().st_ctime
    except OSError:
        return 0.0


def size(path: Path) -> int:
    """Bytes of a file; 0 when it is gone."""
    try:
        return path.stat().st_size
    except OSError:
        return 0
