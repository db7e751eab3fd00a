"""Work of a thread that lasts as long as its process: no fault ends it."""

from collections.abc import Callable

from cds_service.records.log import record_fault


class Lasting:
    """Does parts again and again; a fault of one is told once as long as it stays the same."""

    def __init__(self) -> None:
        self._last: dict[str, str] = {}

    def turn(self, part: str, work: Callable[[], object]) -> None:
        """Do a part once; never raises."""
        try:
            work()
        except Exception as problem:
            kind = type(problem).__name__
            if self._last.get(part) != kind:
                record_fault(f"{part} failed, and is tried again", problem)
            self._last[part] = kind
        else:
            self._last.pop(part, None)
