"""The state folder of this machine: spool, key of the hashes, answered cards, and how the shipper fares."""

import errno
import os
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import orjson

from cds_service.records.private_files import open_regular
from cds_service.run.places import data_directory
from cds_service.run.settings import SQLITE, Settings

ANSWERED = "answered.sqlite"
SHOWN = "shown.sqlite"
NEWER_SCHEMA = "newer schema"
KEY = "key"
_STATUS = "shipper.json"
_KEY_BYTES = 32
_PROBE, _PROBE_BYTES = "probe", 4096  # a block: less may find room that no record has


@dataclass(frozen=True, slots=True)
class Status:
    """How the shipper fares: when it wrote this (seconds since 1970), whether the database took what was sent.

    `problem`: what was wrong, the kind of the fault or NEWER_SCHEMA. `waiting` is how many bytes of the spool were not
    shipped then, `rejected` how many no database took.
    `taken_away` is when files of ours were last found taken away under the service, 0 for never.
    """

    at: float
    reachable: bool
    problem: str = ""
    waiting: int = 0
    rejected: int = 0
    taken_away: float = 0.0


def age_s(status: Status) -> float:
    """How far its time is from now, in seconds: a word left before a clock was set back is old, too."""
    return abs(time.time() - status.at)


def state_folder(settings: Settings) -> Path:
    """The folder of the settings; else one beside the SQLite file, or in the data directory of the user."""
    if settings.state_dir:
        return settings.state_dir
    if settings.database_url.startswith(SQLITE):
        return Path(settings.database_url.removeprefix(SQLITE) + ".state")
    return data_directory() / "state"


def hash_key(settings: Settings, folder: Path, new: bytes = b"") -> bytes:
    """The key of the keyed hashes: the secret of the settings, else one that this machine keeps for itself.

    Where none is kept yet it is `new`, else a random one. OSError when it cannot be kept, or is not whole.
    """
    if settings.secret:
        return settings.secret.encode()
    path = folder / KEY
    if not path.exists():
        _keep_key(path, new or new_key())
    kept = path.read_bytes()
    if len(kept) < _KEY_BYTES:  # by an empty one anybody could make hashes
        raise OSError(f"{path} is cut short")
    return kept


def new_key() -> bytes:
    """A random key."""
    return secrets.token_bytes(_KEY_BYTES)


def _keep_key(path: Path, key: bytes) -> None:
    new = path.with_name(f"{KEY}.{secrets.token_hex(8)}")
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        new.touch(mode=0o600)
        new.write_bytes(key)
        with suppress(FileExistsError):  # another process was faster
            path.hardlink_to(new)
    finally:
        new.unlink(missing_ok=True)


def is_usable(folder: Path) -> bool:
    """Whether the folder is there and may be written to."""
    return os.access(f"{folder}/.", os.W_OK | os.X_OK)


def try_to_write(folder: Path) -> None:
    """OSError when no file with something in it can be made there: a key that is kept already is only read."""
    probe = folder / _PROBE
    try:
        with open(probe, "wb", buffering=0, opener=open_regular) as file:
            if file.write(bytes(_PROBE_BYTES)) < _PROBE_BYTES:
                raise OSError(errno.ENOSPC, "the disk is full")
    finally:
        with suppress(OSError):
            probe.unlink()


def write_status(folder: Path, status: Status) -> None:
    """Leave word for the other processes; a word that cannot be left stops no shipping, and the last one grows old."""
    new = folder / f"{_STATUS}.new"
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        new.unlink(missing_ok=True)  # whatever it is
        with open(new, "wb", opener=open_regular) as file:
            file.write(orjson.dumps(status))
        new.replace(folder / _STATUS)


def read_status(folder: Path) -> Status | None:
    """The shipper's last word; None when there is none."""
    try:
        with open(folder / _STATUS, "rb", opener=open_regular) as file:
            told = orjson.loads(file.read())
        sizes = int(told["waiting"]), int(told["rejected"])
        return Status(
            float(told["at"]), bool(told["reachable"]), str(told["problem"]), *sizes, float(told.get("taken_away", 0))
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
