"""The folder in which the processes of one `serve` count together; in memory where the system has a place for that.

prometheus-client writes counts straight into files whose room is taken as it is written to: on a disk that is full by
then the process is killed (SIGBUS). So the room is taken before.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cds_service.records.locks import hold
from cds_service.records.log import record_trouble

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - each folder below it is made by mkdtemp, for this user only
_PREFIX = "magnesium-cds-metrics-"
_LOCK = "lock"
_KINDS = ("counter", "histogram", "gauge_livesum")
_ROOM_BYTES = 256 * 1024  # of each kind and process: some 1,500 series


@contextmanager
def metrics_folder() -> Iterator[Path]:
    """A fresh folder, named to prometheus-client, which must not be imported yet; gone when this process ends.

    A forked worker that ends leaves it alone.
    """
    owner, (folder, lock) = os.getpid(), _fresh()
    os.environ[VARIABLE] = str(folder)
    try:
        yield folder
    finally:
        if os.getpid() == owner:
            del os.environ[VARIABLE]
            os.close(lock)
            shutil.rmtree(folder, ignore_errors=True)


def count_here() -> None:
    """Take the room of a process that was forked; where there is none it counts in a folder of its own, and is told."""
    try:
        make_room(Path(os.environ[VARIABLE]), os.getpid())
    except OSError as problem:
        record_trouble("no room to count together: this process counts apart", problem=repr(problem))
        with suppress(OSError):  # nowhere else either: it may end when it counts
            os.environ[VARIABLE] = str(_fresh()[0])


def _fresh() -> tuple[Path, int]:
    """A new folder with room for this process, and its lock: in memory, else on disk; OSError where both are full."""
    in_memory, on_disk = _IN_MEMORY, Path(tempfile.gettempdir())
    if os.access(in_memory, os.W_OK):
        with suppress(OSError):
            return _fresh_in(in_memory)
    return _fresh_in(on_disk)


def _fresh_in(place: Path) -> tuple[Path, int]:
    _remove_left_over(place)
    folder = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=place))
    try:
        make_room(folder, os.getpid())
        return folder, _lock(folder)
    except OSError:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def make_room(folder: Path, process: int) -> None:
    """Take the room that a process needs to count; OSError where there is none, and then nothing is left behind."""
    try:
        for kind in _KINDS:
            with file_of(folder, kind, process).open("ab") as file:
                if hasattr(os, "posix_fallocate"):
                    os.posix_fallocate(file.fileno(), 0, _ROOM_BYTES)
    except OSError:
        for kind in _KINDS:
            file_of(folder, kind, process).unlink(missing_ok=True)
        raise


def file_of(folder: Path, kind: str, process: int) -> Path:
    """Where a process counts, as the library names it."""
    return folder / f"{kind}_{process}.db"


def _lock(folder: Path) -> int:
    """Hold the lock of the folder; its file appears only when it is held."""
    new = folder / f"{_LOCK}.new"
    lock = os.open(new, os.O_RDWR | os.O_CREAT, 0o600)
    hold(lock)
    new.rename(folder / _LOCK)
    return lock


def _remove_left_over(parent: Path) -> None:
    """Remove the folders of services that were killed: nobody holds their lock any more."""
    for folder in parent.glob(f"{_PREFIX}*"):
        try:
            lock = os.open(folder / _LOCK, os.O_RDWR | getattr(os, "O_NOFOLLOW", 0))
        except OSError:  # of another user, or gone already
            continue
        unused = hold(lock)
        os.close(lock)
        if unused:
            shutil.rmtree(folder, ignore_errors=True)
