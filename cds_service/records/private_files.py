"""Files that only the user of the service may read; and whether one is still where it was opened."""

import errno
import os
import stat
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path

from cds_service.threads import Lasting, go_on

LOOK_S = 1.0
Place = tuple[int, int]


def make_private(path: Path) -> None:
    """Let the file be there, for its owner alone; SQLite gives the files beside it the same rights."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with suppress(FileExistsError):  # to open and close one that is there would end the locks that SQLite has on it
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))


def open_regular(path: str, flags: int) -> int:
    """Open a file without waiting, as `opener` of open(); new ones are private. OSError when it is no regular file.

    To open a pipe waits for who writes into it, without end.
    """
    file = os.open(path, flags | getattr(os, "O_NONBLOCK", 0), 0o600)
    if not stat.S_ISREG(os.fstat(file).st_mode):
        os.close(file)
        raise OSError(errno.EINVAL, "no regular file")
    return file


def place_of(path: Path) -> Place | None:
    """What tells the file from another of the same name; None when there is none."""
    try:
        told = path.stat()
    except OSError:
        return None
    return told.st_dev, told.st_ino


def watch(looks: Iterable[Callable[[], bool]], taken_away: Callable[[], None]) -> None:
    """Look again and again, in a thread of its own; tell of each look that finds something taken away."""
    listed, lasting = tuple(looks), Lasting()

    def once(look: Callable[[], bool]) -> None:
        if not look():
            taken_away()

    def look_again() -> None:
        time.sleep(LOOK_S)
        for number, look in enumerate(listed):
            lasting.turn(f"look {number} at the state folder", partial(once, look))

    go_on(look_again, "watch")
