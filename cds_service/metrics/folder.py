"""The folder in which the processes of one `serve` count together; in memory where the system has a place for that."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cds_service.records.locks import hold

_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - each folder below it is made by mkdtemp, for this user only
_PREFIX = "magnesium-cds-metrics-"
_LOCK = "lock"


@contextmanager
def metrics_folder() -> Iterator[Path]:
    """A fresh folder, named to prometheus-client, which must not be imported yet; gone when this process ends.

    A forked worker that ends leaves it alone.
    """
    parent = _IN_MEMORY if os.access(_IN_MEMORY, os.W_OK) else Path(tempfile.gettempdir())
    _remove_left_over(parent)
    owner, folder = os.getpid(), Path(tempfile.mkdtemp(prefix=_PREFIX, dir=parent))
    lock = _lock(folder)
    os.environ[_VARIABLE] = str(folder)
    try:
        yield folder
    finally:
        if os.getpid() == owner:
            del os.environ[_VARIABLE]
            os.close(lock)
            shutil.rmtree(folder, ignore_errors=True)


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
