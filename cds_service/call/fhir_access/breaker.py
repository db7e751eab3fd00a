"""A circuit breaker that guards many calls at once: pybreaker's own `call` lets only one through at a time."""

import threading
from datetime import UTC, datetime, timedelta

from pybreaker import (
    STATE_CLOSED,
    STATE_HALF_OPEN,
    STATE_OPEN,
    CircuitBreaker,
    CircuitBreakerError,
    CircuitBreakerListener,
    CircuitBreakerState,
    CircuitMemoryStorage,
)

FAILURES = 5
FIRST_PAUSE = 0.5
LONGEST_PAUSE = 8.0


class _Failed(Exception):
    """Tells the breaker of a failure."""


class _LongerPauses(CircuitBreakerListener):
    """A hiccup is over soon; a server that stays dead is tried ever less often."""

    def state_change(
        self, cb: CircuitBreaker, old_state: CircuitBreakerState | None, new_state: CircuitBreakerState
    ) -> None:
        """Twice the pause after a trial that failed, the first one again after one that did not."""
        if new_state.name == STATE_CLOSED:
            cb.reset_timeout = FIRST_PAUSE
        elif new_state.name == STATE_OPEN and old_state and old_state.name == STATE_HALF_OPEN:
            cb.reset_timeout = min(cb.reset_timeout * 2, LONGEST_PAUSE)


class Breaker:
    """Opens after some failures in a row; after a pause one caller tries again for all."""

    def __init__(self) -> None:
        self._storage = CircuitMemoryStorage(STATE_CLOSED)
        self._breaker = CircuitBreaker(FAILURES, FIRST_PAUSE, state_storage=self._storage, listeners=[_LongerPauses()])
        self._next_trial = datetime.min.replace(tzinfo=UTC)
        self._lock = threading.Lock()

    def admits(self) -> bool:
        """Whether to call now."""
        if self._storage.state != STATE_OPEN:
            return True
        now, opened = datetime.now(UTC), self._storage.opened_at
        pause = timedelta(seconds=self._breaker.reset_timeout)
        with self._lock:
            if opened is None or now < max(opened + pause, self._next_trial):
                return False
            self._next_trial = now + pause
            return True

    def report(self, answered: bool) -> None:
        """What became of a call that was admitted. Nothing of whoever reports is kept: pybreaker's frames would."""
        try:
            self._breaker.call(_nothing if answered else _fail)
        except (CircuitBreakerError, _Failed) as told:
            for problem in (told, told.__context__):
                if problem:
                    problem.__traceback__ = None


def _nothing() -> None:
    pass


def _fail() -> None:
    raise _Failed
