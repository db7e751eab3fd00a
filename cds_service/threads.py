"""Threads that last as long as their process: one that ended would be missed by nobody, and what it does with it."""

import logging
import threading
import time
from collections.abc import Callable

_PROBLEMS = logging.getLogger("magnesium_cds.problems")
REST_S = 1.0


def go_on(step: Callable[[], None], name: str) -> None:
    """Do a step again and again in a thread of this name.

    A step that fails is told, by the type of the fault alone, and the next one follows after a rest.
    """

    def work() -> None:
        while True:
            try:
                step()
            except Exception as problem:  # whatever it is: the next step may go well
                fields = {"thread": name, "problem": type(problem).__name__}
                _PROBLEMS.error("a thread failed: it goes on", extra={"fields": fields})
                time.sleep(REST_S)

    threading.Thread(target=work, name=name, daemon=True).start()
