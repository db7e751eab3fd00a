"""What tests that start processes share: ports nobody else takes, an environment without our settings, and waiting."""

import os
import socket
import threading
import time
from collections.abc import Callable
from itertools import count
from random import SystemRandom
from typing import TypeVar

LONG_S = 120  # for what must happen at last: only a machine that hangs takes as long
_PAUSE_S = 0.02
_PORTS = range(12_000, 32_000)  # below those that systems give to connections on their way out
_kept: list[socket.socket] = []
T = TypeVar("T")


def free_port() -> int:
    """A port that nobody listens on, and that no test in another process is given while this process lives."""
    return next(port for _ in count() if _keeps(port := SystemRandom().choice(_PORTS)))


def _keeps(port: int) -> bool:
    """Whether nobody has the port; its UDP twin, which no server here uses, is then the sign that it is taken."""
    twin = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        twin.bind(("127.0.0.1", port))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
    except OSError:
        twin.close()
        return False
    _kept.append(twin)
    return True


def environment(**settings: str) -> dict[str, str]:
    """The environment with these settings of ours and no others."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("MAGNESIUM_CDS_")}
    settings = {"TOKEN_LOOKUP_MS": "10000", **settings}  # a busy machine is no database that hangs
    return others | {f"MAGNESIUM_CDS_{name}": value for name, value in settings.items()}


def wait_for(condition: Callable[[], object], what: str, seconds: float = LONG_S) -> None:
    """Return when the condition holds; AssertionError that says what did not happen when it does not in time."""
    until = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < until, f"not within {seconds} s: {what}"
        time.sleep(_PAUSE_S)


def in_time(work: Callable[[], T]) -> T:
    """What the work returns, done in a thread since it may hang; AssertionError when it does."""
    found: list[T] = []
    thread = threading.Thread(target=lambda: found.append(work()), daemon=True)
    thread.start()
    thread.join(LONG_S)
    assert found, "it hangs"
    return found[0]
