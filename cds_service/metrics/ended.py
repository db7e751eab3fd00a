"""What processes counted that have ended: kept in one file of each kind, as the library would keep all of theirs."""

import os
import struct
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from prometheus_client.mmap_dict import MmapedDict

from cds_service.metrics.folder import VARIABLE, file_of, make_room

_SUMMED = ("counter", "histogram")
_ALL_THAT_ENDED = 0  # stands for a process id
_READING = "reading"


def keep_of_ended(running: Iterable[int]) -> None:
    """Add what processes counted that run no more to what is kept of all that ended, and remove their files.

    Not while the page is read, which would count some twice: then the next time. Nor where there is no room.
    """
    folder = folder_of_counts()
    with suppress(OSError), _held(folder, for_reading=False):
        alive = {*running, os.getpid(), _ALL_THAT_ENDED}
        for process in {_process_of(path) for path in folder.glob("*.db")} - alive:
            make_room(folder, _ALL_THAT_ENDED)
            for kind in _SUMMED:
                _move(file_of(folder, kind, process), file_of(folder, kind, _ALL_THAT_ENDED))


def _process_of(path: Path) -> int:
    return int(path.stem.rpartition("_")[2])


def _move(ended: Path, kept: Path) -> None:
    """What a process was killed in the midst of writing is lost."""
    if ended.exists():
        sums = MmapedDict(str(kept))  # type: ignore[no-untyped-call]
        with suppress(RuntimeError, ValueError, struct.error):
            for key, value, *_ in MmapedDict.read_all_values_from_file(str(ended)):  # type: ignore[no-untyped-call]
                sums.write_value(key, sums.read_value(key)[0] + value, 0.0)  # type: ignore[no-untyped-call]
        sums.close()  # type: ignore[no-untyped-call]
        ended.unlink()


@contextmanager
def reading() -> Iterator[None]:
    """While the files are read nothing is moved from one to another."""
    with _held(folder_of_counts(), for_reading=True):
        yield


@contextmanager
def _held(folder: Path, for_reading: bool) -> Iterator[None]:
    """Several may read at once; who moves waits for nobody: OSError. On Windows one process serves, to its end."""
    if sys.platform == "win32":
        yield
        return
    import fcntl

    file = os.open(folder / _READING, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_SH if for_reading else fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(file)


def folder_of_counts() -> Path:
    """Where the processes count together."""
    return Path(os.environ[VARIABLE])
