"""Every Python that starts with this folder on its path tells the time of the tests: ahead of the machine's, ticking.

Monotonic clocks are left alone. For tests only: `--on` of tests/conftest.py sets it up.
"""

import os
import sys
import time

AHEAD = "TESTS_CLOCK_AHEAD_S"


def go_ahead(seconds: float) -> None:
    """Tell a time so far ahead from now on."""
    missing = {name: None for name in ("pytest", "dateutil") if name not in sys.modules}
    sys.modules.update(missing)  # extras that time_machine would load into every process
    try:
        import time_machine
    finally:
        for name in missing:
            del sys.modules[name]
    time_machine.travel(time.time() + seconds, tick=True).start()


if told := os.environ.get(AHEAD):
    go_ahead(float(told))
