"""Locks on open files, which end with the process that holds them however it ends."""

import os
import sys

if sys.platform == "win32":
    import msvcrt

    _BEYOND = 1 << 40  # Windows locks bytes: one that no file has, so that reading is not hindered

    def hold(descriptor: int) -> bool:
        """Lock the file without waiting; whether it could be."""
        os.lseek(descriptor, _BEYOND, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def hold(descriptor: int) -> bool:
        """Lock the file without waiting; whether it could be."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
