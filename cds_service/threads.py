"""Threads that last as long as their process: one that ended would be missed by nobody, and what it does with it."""

import logging
import threading
import time
from collections.abc import Callable

_PROBLEMS = logging.getLogger("magnesium_cds.problems")
REST_S = 1.0


class Lasting:
    """Does parts again and again; a fault of one is told once as long as it stays the same, by its type alone."""

    def __init__(self) -> None:
        self._last: dict[str, str] = {}

    def turn(self, part: str, work: Callable[[], object]) -> bool:
        """Do a part once, and whether that went well; never raises."""
        try:
            work()
        except Exception as problem:  # whatever it is: the next time may go well
            kind = type(problem).__name__
            if self._last.get(part) != kind:
                _PROBLEMS.error(f"{part} failed, and is tried again", extra={"fields": {"problem": kind}})
            self._last[part] = kind
            return False
        self._last.pop(part, None)
        return True


def go_on(step: Callable[[], None], name: str) -> None:
    """Do a step again and again in a thread of this name; after one that fails there is a rest."""
    lasting = Lasting()

    def work() -> None:
        while True:
            if not lasting.turn(name, step):
                time.sleep(REST_S)

    threading.Thread(target=work, name=name, daemon=True).start()
