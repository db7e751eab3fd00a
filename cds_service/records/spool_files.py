"""The files of a spool as who ships them sees them: which wait, their lines, and which may go."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from cds_service.named_files import told_name
from cds_service.records.locks import hold
from cds_service.records.log import record_trouble
from cds_service.records.private_files import open_regular

ENDING = ".jsonl"
LONGEST = 8 * 1024 * 1024  # more than a request may have: no record says more than it was made of
_MOST_BYTES = 2 * LONGEST
_HEAD = 4096
_SKIPPED = 32


def waiting(folder: Path) -> list[Path]:
    """The files of the spool, in the order in which they were begun."""
    try:
        return sorted(folder.glob(f"*{ENDING}"), key=_begun)
    except OSError:
        return []


def lines(path: Path, offset: int, most: int) -> Iterator[tuple[bytes, int]]:
    """At most `most` complete lines from an offset, each with the offset behind it, and some MB in all.

    Of a line that is longer than any record only the head is given, which is none; it may be told in several parts.
    """
    with open(path, "rb", opener=open_regular) as file:
        file.seek(offset)
        until = offset + _MOST_BYTES
        while most > 0 and offset < until:
            line = file.readline(LONGEST)
            if len(line) == LONGEST and not line.endswith(b"\n"):
                line = line[:_HEAD] + b"\n"
                _skip(file)
            elif not line.endswith(b"\n"):
                return
            offset, most = file.tell(), most - 1
            yield line, offset


def _skip(file: IO[bytes]) -> None:
    """Go to the end of a line, or so far into it."""
    for _ in range(_SKIPPED):
        if len(rest := file.readline(LONGEST)) < LONGEST or rest.endswith(b"\n"):
            return


def remove_if_done(path: Path, offset: int, may_go: Callable[[], bool] = lambda: True) -> bool:
    """Remove a file that nobody writes to any more and whose complete lines were shipped; whether it is gone.

    `may_go` is asked last: whether what was shipped arrived.
    """
    with _claimed(path) as claimed:
        if not claimed or next(lines(path, offset, 1), None) or not may_go():
            return False
        if size(path) > offset:
            record_trouble("a record that was not written to its end is dropped", file=told_name(path))
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
