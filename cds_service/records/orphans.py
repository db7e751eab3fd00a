"""A shipping process that outlives its worker, as one that was stopped does: it holds the lock of all others.

Whoever keeps one leaves its id in the lock file, beside that of its worker and of their table of processes.
"""

import os
import signal
import sys
import time
from contextlib import suppress
from pathlib import Path

from cds_service.records.log import record_trouble

_LONGEST_S = 16.0  # after its worker; it ends itself after 15
_MOST = 200
_MODULE = b"cds_service.records"


def note(lock: int, pid: int) -> None:
    """Leave word of the process that is kept under the lock."""
    with suppress(OSError):
        os.ftruncate(lock, 0)
        os.pwrite(lock, f"{pid} {os.getpid()} {_table()}".encode(), 0)


class LockHolder:
    """Who holds the lock that another process waits for."""

    def __init__(self, lock: int) -> None:
        self._lock = lock
        self._since = 0.0

    def look(self) -> bool:
        """Whether the lock may soon be free: False while a worker keeps the process that holds it.

        One that outlived its worker is told to go on, and ended when that is of no use.
        """
        pid, worker = _noted(self._lock)
        parent = _parent(pid) if pid else None
        if parent is None:
            return True
        if parent == worker:
            self._since = 0.0
            return False
        self._end(pid)
        return True

    def _end(self, pid: int) -> None:
        if not self._since:
            self._since = time.monotonic()
            _send(pid, "SIGCONT")
        elif time.monotonic() > self._since + _LONGEST_S:
            record_trouble("a shipping process outlived its worker: ended")
            _send(pid, "SIGKILL")


def _send(pid: int, name: str) -> None:
    with suppress(OSError):
        os.kill(pid, getattr(signal, name))


def _noted(lock: int) -> tuple[int, int]:
    """The ids of the process and of its worker; 0 for none, and for those of another table."""
    if sys.platform == "win32":
        return 0, 0
    try:
        pid, worker, table = os.pread(lock, _MOST, 0).decode().split(" ", 2)
        return (int(pid), int(worker)) if table == _table() else (0, 0)
    except (OSError, ValueError):
        return 0, 0


def _table() -> str:
    """What tells the ids of this machine, or container, from those of another."""
    try:
        return f"{os.readlink('/proc/self/ns/pid')} {Path('/proc/sys/kernel/random/boot_id').read_text().strip()}"
    except OSError:
        return ""


def _parent(pid: int) -> int | None:
    """The parent of a shipping process; None where there is no such process, or nobody can say."""
    try:
        if _MODULE not in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0"):
            return None
        return int(Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()[1])
    except (OSError, ValueError, IndexError):
        return None
