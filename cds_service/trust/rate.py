"""How often a client may call: so many calls a minute, at one worker."""

from threading import Lock

_MINUTE_S = 60.0


class CallsOfMinute:
    """The calls of each client in its current minute; its minutes count from its first call.

    The libraries that count calls clear up in a thread, which they start anew for nearly every call: up to 0.4 ms.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._minutes: dict[str, tuple[float, int]] = {}
        self._lock = Lock()

    def wait_s(self, client: str, now: float) -> float:
        """0 where a call at `now`, seconds of a clock that nobody sets, may pass; else how long to wait."""
        began, calls = self._minute(client, now)
        return 0.0 if calls < self._most else began + _MINUTE_S - now

    def count(self, client: str, now: float) -> None:
        """Count a call that passed."""
        with self._lock:
            began, calls = self._minute(client, now)
            self._minutes[client] = began, calls + 1

    def _minute(self, client: str, now: float) -> tuple[float, int]:
        """When the current minute of a client began, and its calls so far."""
        began, calls = self._minutes.get(client, (now, 0))
        return (began, calls) if now - began < _MINUTE_S else (now - (now - began) % _MINUTE_S, 0)
