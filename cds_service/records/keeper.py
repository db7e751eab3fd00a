"""Keeps one shipping process on this machine: a thread in every worker, of which one at a time holds the lock.

A worker that dies closes the standard input of its shipping process, which then ends. The lock is theirs together: when
both have ended it is free, and another worker begins a new one. One that was stopped, and does not end, is made to.
"""

import os
import select
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from cds_service.records.locks import hold
from cds_service.records.log import record_trouble
from cds_service.records.orphans import LockHolder, note
from cds_service.records.spool_files import waiting
from cds_service.records.state import state_folder
from cds_service.run.settings import PREFIX, Settings
from cds_service.threads import Lasting, go_on

_LOCK = "keeper.lock"
_LOOK_S = 1.0
_SOON_S = 0.02
_FINAL_S = 25.0  # in all, after the 10 s that workers have: less than the 40 s that deployments allow
_SILENT_S = 300.0  # ten times what one statement may take


class Keeper:
    """The thread of one worker."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._folder = state_folder(settings)
        self._held: int | None = None

    def start(self) -> None:
        """Begin to keep the shipping process, here or when the worker that keeps it is gone."""
        go_on(self._keep, "keeping the shipping process")

    def _keep(self) -> None:
        """Once the lock is ours, see one shipping process to its end."""
        if self._held is None:
            self._held = self._held_at_last()
        self._ship(self._held)
        time.sleep(_LOOK_S)

    def _held_at_last(self) -> int:
        lock, lasting = self._lock(), Lasting()
        holder = LockHolder(lock)
        while not hold(lock):
            lasting.turn("waiting for the shipping process", holder.look)
            time.sleep(_LOOK_S)
        return lock

    def _lock(self) -> int:
        """The lock file, at last: a folder that cannot be used now may be, once somebody made room."""
        told = False
        while True:
            try:
                self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                return os.open(self._folder / _LOCK, os.O_RDWR | os.O_CREAT, 0o600)
            except OSError as problem:
                if not told:
                    what = "state folder unusable: nothing is shipped"
                    record_trouble(what, folder=str(self._folder), problem=repr(problem))
                told = True
                time.sleep(_LOOK_S)

    def _ship(self, lock: int) -> None:
        """Run the shipping process to its end; a machine that can start none now is asked again."""
        try:
            started = subprocess.Popen(  # noqa: S603
                [*_COMMAND, "--beat"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=environment(self._settings),
                pass_fds=_shared(lock),
            )
        except OSError as problem:
            record_trouble("the shipping process cannot be started", problem=repr(problem))
            return
        note(lock, started.pid)
        with started:
            try:
                silent = _falls_silent(started)
            except BaseException:
                started.kill()
                raise
            if silent:
                record_trouble("the shipping process is silent: ended", silent_s=str(_SILENT_S))
                started.kill()
        record_trouble("the shipping process ended: begun again", status=str(started.returncode))


_COMMAND = [sys.executable, "-m", "cds_service.records"]


def ship_rest(settings: Settings) -> None:
    """Ship what waits, once, when the service has stopped; what the database does not take now waits for the start.

    The last shipping process has ended before, and left nothing as a rule: nobody uses the files of the service after
    this.
    """
    folder, until = state_folder(settings), time.monotonic() + _FINAL_S
    _wait_for_the_last(folder, until)
    if not waiting(folder):
        return
    left = max(until - time.monotonic(), _SOON_S)
    try:
        subprocess.run(  # noqa: S603
            [*_COMMAND, "--once"], stdin=subprocess.DEVNULL, env=environment(settings), timeout=left, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        record_trouble("records wait in the spool for the next start", problem=type(problem).__name__)


def _falls_silent(process: subprocess.Popen[bytes]) -> bool:
    """Whether it gives no sign of life for long; False when it ends. Pipes cannot be waited for on Windows."""
    told = process.stdout
    if told is None or sys.platform == "win32":
        return False
    signs = select.poll()  # `select.select` knows no file beyond the thousandth
    signs.register(told, select.POLLIN)
    while signs.poll(_SILENT_S * 1000):
        if not os.read(told.fileno(), 4096):
            return False
    return True


def _shared(lock: int) -> tuple[int, ...]:
    return () if sys.platform == "win32" else (lock,)


def _wait_for_the_last(folder: Path, until: float) -> None:
    """Wait for the shipping process that the last worker kept; one that another instance keeps goes on."""
    with suppress(OSError):
        lock = os.open(folder / _LOCK, os.O_RDWR)
        holder = LockHolder(lock)
        while not hold(lock) and time.monotonic() < until and holder.look():
            time.sleep(_SOON_S)
        os.close(lock)


def environment(settings: Settings) -> Mapping[str, str]:
    """The environment of the shipping process: ours, with the settings as they came to be."""
    told = {
        "DATABASE_URL": settings.database_url,
        "STATE_DIR": str(state_folder(settings)),
        "RETENTION_DAYS": str(settings.retention_days),
        "LOG_LEVEL": settings.log_level.value,
    }
    return {**os.environ, **{f"{PREFIX}{name}": value for name, value in told.items()}}
