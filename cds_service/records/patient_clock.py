"""The time by which something may be forgotten for good, which a step of the machine's clock must not hurry."""

import time
from math import inf
from time import monotonic

_STANDS_S = 2 * 3600.0  # longer than a token may live
_SLEWED_S = 1.0


class PatientClock:
    """The clock of the machine, but a step ahead counts once it has stood for two hours, one back at once.

    Whether the clock of the start is right is not known either: for so long nothing is late.
    """

    def __init__(self) -> None:
        self._offset = -inf
        self._ahead, self._since = inf, 0.0

    def now(self) -> float:
        """Seconds since 1970, surely past; 0 as long as nothing is known. To be asked again and again."""
        at = monotonic()
        offset = time.time() - at
        if offset <= self._offset + _SLEWED_S:
            self._offset, self._ahead = offset, inf
        elif self._ahead == inf:
            self._ahead, self._since = offset, at
        else:
            self._ahead = min(self._ahead, offset)
            if at - self._since > _STANDS_S:
                self._offset, self._ahead = self._ahead, inf
        return max(0.0, at + self._offset)
