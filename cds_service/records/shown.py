"""Which cards were shown, as keyed hashes: written by a thread of its own, so that no answer waits for it."""

import os
import queue
import threading
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path

from cds_service.records.kept_file import KeptFile
from cds_service.records.lasting import Lasting

_TABLE = "CREATE TABLE IF NOT EXISTS shown (name BLOB PRIMARY KEY, at REAL NOT NULL) WITHOUT ROWID"
_KEEP = "INSERT INTO shown VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET at = max(at, excluded.at)"
_FORGET = "DELETE FROM shown WHERE at < ?"
_TOO_MANY = "DELETE FROM shown WHERE at <= (SELECT at FROM shown ORDER BY at DESC LIMIT 1 OFFSET ?)"
_KEPT_S = 8 * 24 * 3600.0  # longer than the longest shipped time of quiet
_MOST = 100_000
_WAITING = 1000
_TIDY_EVERY = 500
_HOLDS = "shown cards"
Row = tuple[bytes, float]


class ShownFile:
    """Hashes of names and when they were shown. What cannot be kept or read is shown again; the oldest are forgotten.

    At most `most` hashes are kept, give or take those of a few hundred answers; `waiting` answers wait to be written.
    """

    def __init__(self, path: Path, most: int = _MOST, waiting: int = _WAITING) -> None:
        self._reader, self._writer = (KeptFile(path, _TABLE, _HOLDS) for _ in range(2))
        self._most, self._size = most, waiting
        self._waiting: queue.Queue[list[Row]] = queue.Queue(waiting)
        self._lock = threading.Lock()
        self._owner = 0

    def find(self, names: Sequence[bytes]) -> Mapping[bytes, float]:
        """When each was shown (seconds since 1970), of those that are known."""
        marks = ", ".join("?" * len(names))
        found = self._reader.rows(f"SELECT name, at FROM shown WHERE name IN ({marks})", names)  # noqa: S608 - marks
        return dict(found)

    def keep(self, names: Iterable[bytes], at: float) -> bool:
        """Have them written soon; False when too much waits already."""
        self._begin()
        try:
            self._waiting.put_nowait([(name, at) for name in names])
        except queue.Full:
            return False
        return True

    def flush(self) -> None:
        """Wait until what was to be kept is written."""
        if self._owner == os.getpid():
            self._waiting.join()

    def forget_before(self, moment: float) -> None:
        """Forget what was shown before the moment (seconds since 1970)."""
        self.flush()
        self._writer.write(_FORGET, [(moment,)])

    def look(self) -> bool:
        """Whether the file is where it was; one that was taken away is begun anew."""
        return all([self._reader.look(), self._writer.look()])

    def close(self) -> None:
        """Close the file; the next use opens it again."""
        self._reader.close()
        self._writer.close()

    def _begin(self) -> None:
        """Have a thread in this process: a fork brings none along, and what waits is the other process's."""
        with self._lock:
            if self._owner == os.getpid():
                return
            self._waiting, self._owner = queue.Queue(self._size), os.getpid()
            threading.Thread(target=self._work, args=(self._waiting,), name="shown", daemon=True).start()

    def _work(self, waiting: queue.Queue[list[Row]]) -> None:
        written, lasting = 0, Lasting()
        while True:
            rows = waiting.get()
            if not self._writer.is_resting:
                lasting.turn(_HOLDS, partial(self._write, rows, tidy=written % _TIDY_EVERY == 0))
                written += 1
            waiting.task_done()

    def _write(self, rows: list[Row], tidy: bool) -> None:
        self._writer.write(_KEEP, rows)
        if tidy:
            self._writer.write(_FORGET, [(max(at for _, at in rows) - _KEPT_S,)])
            self._writer.write(_TOO_MANY, [(self._most,)])
