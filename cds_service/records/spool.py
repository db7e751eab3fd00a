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
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import orjson

from cds_service.records.locks import hold
from cds_service.records.log import record_trouble
from cds_service.records.private_files import place_of
from cds_service.records.spool_files import ENDING, size, waiting
from cds_service.records.state import Status, read_status

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
            self._undo()
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
            there = os.path.isdir(self.folder) if self._file is None else self._in_place(self._file)
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
        path, written = self._path, self._written
        try:
            held = os.pread(lost, _LARGEST * 2, 0) if lost is not None else b""
            self._write(held)
        except OSError:
            self._remove()
            self._file, self._path, self._written = lost, path, written
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
        if os.write(self._file, line) < len(line):
            raise OSError("the disk is full")
        self._written += len(line)

    def _begin(self) -> int:
        self._close()
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        new = self.folder / f"{os.getpid()}-{secrets.token_hex(8)}.new"
        file = os.open(new, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL, 0o600)
        hold(file)
        self._path = new.with_suffix(ENDING)
        try:
            new.rename(self._path)  # only now, locked, can it be seen by who ships it
        except OSError:
            os.close(file)
            with suppress(OSError):
                new.unlink()
            raise
        self._written, self._seen = 0, True
        return file

    def _undo(self) -> None:
        """Take back what was written of a line, so that the next follows here: a full disk begins no file each time.

        A file that takes not even that is let go, and ends with what was written of the line.
        """
        if self._file is None:
            return
        try:
            os.ftruncate(self._file, self._written)
        except OSError:
            self._close()

    def _close(self) -> None:
        if self._file is not None:
            os.close(self._file)
        self._file = None

    def _remove(self) -> None:
        """Let the file go, and take it away."""
        if self._file is not None:
            self._path.unlink(missing_ok=True)
        self._close()

    def _forget(self) -> None:
        """A forked process begins a file of its own, and must not share a lock that another thread held."""
        self._lock = threading.Lock()
        self._held.clear()  # the other process writes them
        self._held_bytes = 0
        self._close()
