"""Whether the state folder takes what is written to it: on a full disk it looks like any other."""

import errno
import time
from pathlib import Path

from cds_service.records.log import record_trouble
from cds_service.records.state import is_usable, try_to_write

FULL, UNUSABLE = "full: records wait in memory, make room", "unusable, see the log"
_TRY_S = 5.0
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class StateDisk:
    """The state folder of this process: tried again and again, at each look while it takes nothing."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._told = ""
        self._try_at = 0.0

    @property
    def problem(self) -> str:
        """What is wrong with it, in words; "" when it takes what is written."""
        return self._told if is_usable(self._folder) else UNUSABLE

    def look(self) -> bool:
        """Try to write, unless that went well of late. Always True: nothing is taken away."""
        if is_usable(self._folder) and (self._told or time.monotonic() >= self._try_at):
            self._try_at = time.monotonic() + _TRY_S
            self._tell(self._try())
        return True

    def _try(self) -> OSError | None:
        try:
            try_to_write(self._folder)
        except OSError as problem:
            return problem
        return None

    def _tell(self, problem: OSError | None) -> None:
        before, self._told = self._told, _words(problem)
        if problem and self._told != before:
            what = "state folder full" if self._told == FULL else "state folder unusable"
            record_trouble(f"{what}: records wait in memory", folder=str(self._folder), problem=repr(problem))
        elif before and not problem:
            record_trouble("state folder takes what is written again", folder=str(self._folder))


def _words(problem: OSError | None) -> str:
    if problem is None:
        return ""
    return FULL if problem.errno in _FULL else UNUSABLE
