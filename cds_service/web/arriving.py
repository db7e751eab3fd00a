"""What the home page says of the calls that arrive: counted at most once a minute, whoever looks.

Anyone may look, so nobody waits long: a database that does not answer would have a thread of the service for each.

What reads the database is imported when somebody asks: the other workers need not carry it.
"""

import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cds_service.web.runtime import Runtime

if TYPE_CHECKING:
    from cds_service.insights.arrivals import Arrivals

_KEPT = timedelta(minutes=1)
WAIT_S = 1.0
_NOT_YET = ("Whether calls arrive is being counted: look again in a minute.",)


class Arriving:
    """Sentences about the last day, kept for a minute."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._lock = threading.Lock()
        self._until: datetime | None = None
        self._told: tuple[str, ...] = _NOT_YET
        self._counting: threading.Thread | None = None

    def sentences(self) -> tuple[str, ...]:
        """Whether calls arrive, and whether what they bring is understood; or that it is being counted."""
        if counting := self._begun(self._runtime.now()):
            counting.join(WAIT_S)
        return self._told

    def _begun(self, now: datetime) -> threading.Thread | None:
        """The thread that counts, when it is time to count again and none does."""
        with self._lock:
            busy = self._counting is not None and self._counting.is_alive()
            if busy or (self._until is not None and now <= self._until):
                return None
            self._until = now + _KEPT
            self._counting = threading.Thread(target=self._count, args=(now,), name="arriving", daemon=True)
            self._counting.start()
            return self._counting

    def _count(self, now: datetime) -> None:
        self._told = _NOT_YET  # what is a minute old is no news of a database that does not answer
        self._told = self._look(now)

    def _look(self, now: datetime) -> tuple[str, ...]:
        status = self._runtime.books.status()
        if status is None:
            return ("Whether calls arrive is not known yet: no record was shipped to a database.",)
        from cds_service.insights.arrivals import arrivals_of

        found = arrivals_of(self._runtime.settings, now) if status.reachable else None
        if found is None:
            return ("Whether calls arrive is not known: the records cannot be read. Advice is given all the same.",)
        return told(found)


def told(found: "Arrivals") -> tuple[str, ...]:
    """The counts in sentences."""
    if not found.day:
        return ("No call arrived in the last 24 hours.",)
    calls = f"{found.hour:,} calls in the last hour, {found.day:,} in the last 24; {found.answered:,} of them answered."
    if not found.sent:
        return (calls, "None of them brought a magnesium result.")
    return (calls, f"{found.read:,} of {found.sent:,} magnesium results that came with them could be read.")
