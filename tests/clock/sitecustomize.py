"""Every Python that starts with this folder on its path tells the time of the tests: ahead of the machine's, ticking.

Or it follows a file that holds how many seconds ahead, so that a clock can step under a running process.
Monotonic clocks are left alone. For tests only: `--on` of tests/conftest.py sets it up, `bench.faults` the file.
"""

import os
import sys
import threading
import time
from contextlib import suppress

AHEAD, FOLLOWED = "TESTS_CLOCK_AHEAD_S", "TESTS_CLOCK_FOLLOWS"
_LOOK_S = 0.1


def go_ahead(seconds: float) -> None:
    """Tell a time so far ahead of the machine's from now on."""
    missing = {name: None for name in ("pytest", "dateutil") if name not in sys.modules}
    sys.modules.update(missing)  # extras that time_machine would load into every process
    try:
        import time_machine
    finally:
        for name in missing:
            del sys.modules[name]
    moved = time_machine.escape_hatch.is_travelling()
    now = time_machine.escape_hatch.time.time() if moved else time.time()
    time_machine.travel(now + seconds, tick=True).start()


def follow(path: str) -> None:
    """Tell, from now on, a time so far ahead as the file says at each moment."""
    threading.Thread(target=_follow, args=(path,), name="clock", daemon=True).start()


def _follow(path: str) -> None:
    ahead = None
    while True:
        with suppress(OSError, ValueError), open(path) as told:  # ValueError: it is being written
            wanted = float(told.read())
            if wanted != ahead:
                go_ahead(wanted)
                ahead = wanted
        time.sleep(_LOOK_S)


if told := os.environ.get(AHEAD):
    go_ahead(float(told))
if told := os.environ.get(FOLLOWED):
    follow(told)
    os.register_at_fork(after_in_child=lambda: follow(os.environ[FOLLOWED]))
