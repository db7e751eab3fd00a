"""What the home page says of the calls that arrive: counted at most once a minute, whoever looks.

What reads the database is imported when somebody asks: the other workers need not carry it.
"""

import threading
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from cds_service.web.runtime import Runtime

if TYPE_CHECKING:
    from cds_service.insights.arrivals import Arrivals

_KEPT = timedelta(minutes=1)


class Arriving:
    """Sentences about the last day, kept for a minute."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._lock = threading.Lock()
        self._until: datetime | None = None
        self._told: tuple[str, ...] = ()

    def sentences(self) -> tuple[str, ...]:
        """Whether calls arrive, and whether what they bring is understood."""
        with self._lock:
            now = self._runtime.now()
            if self._until is None or now > self._until:
                self._told, self._until = self._look(now), now + _KEPT
            return self._told

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
