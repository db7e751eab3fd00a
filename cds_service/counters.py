"""Counts how prefetch keys were answered: for the audit line of a call, and of this process for the metrics."""

import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from cds_service.fhir_access import ANSWERED, Fetched, Outcome


@dataclass(frozen=True, slots=True)
class KeyData:
    """How one key of one call was answered. `foreign` resources of other patients were dropped."""

    key: str
    outcome: Outcome
    seconds: float = 0.0
    foreign: int = 0

    @classmethod
    def of(cls, key: str, missing: bool, fetched: Fetched | None, foreign: int) -> "KeyData":
        """The outcome of a key: satisfied, fetched, or why it is missing."""
        if fetched is None:
            return cls(key, Outcome.MISSING if missing else Outcome.SATISFIED, 0.0, foreign)
        outcome = fetched.outcome
        if missing and outcome in ANSWERED:
            outcome = Outcome.FOREIGN if foreign else Outcome.UNREADABLE
        return cls(key, outcome, fetched.seconds, foreign)


@dataclass(slots=True)
class KeyCount:
    """The counts of one key. `seconds` is the sum over the calls in which it was asked for over HTTP."""

    satisfied: int = 0
    fetched: int = 0
    missing: int = 0
    foreign: int = 0
    asked: int = 0
    seconds: float = 0.0
    outcomes: Counter[str] = field(default_factory=Counter)


class DataCounters:
    """The counts of this process, per key; for any number of threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_key: dict[str, KeyCount] = {}

    def record(self, data: Iterable[KeyData]) -> None:
        """Add one call."""
        with self._lock:
            for item in data:
                count = self._by_key.get(item.key) or self._by_key.setdefault(item.key, KeyCount())
                count.satisfied += item.outcome is Outcome.SATISFIED
                count.fetched += item.outcome is Outcome.FETCHED
                count.missing += item.outcome not in ANSWERED
                count.foreign += item.foreign
                count.asked += item.seconds > 0
                count.seconds += item.seconds
                count.outcomes[item.outcome] += 1

    def by_key(self) -> dict[str, KeyCount]:
        """A copy of the counts."""
        with self._lock:
            return {
                key: KeyCount(c.satisfied, c.fetched, c.missing, c.foreign, c.asked, c.seconds, c.outcomes.copy())
                for key, c in self._by_key.items()
            }


def summary(data: Iterable[KeyData]) -> dict[str, object]:
    """For the audit line: keys by outcome, each that was not prefetched, the longest fetch, foreign resources."""
    listed = list(data)
    foreign = sum(item.foreign for item in listed)
    keys = {item.key: item.outcome.value for item in listed if item.outcome is not Outcome.SATISFIED}
    longest = max((item.seconds for item in listed), default=0.0)
    return {
        **Counter(item.outcome.value for item in listed),
        **({"keys": keys} if keys else {}),
        **({"fetch_ms": round(longest * 1000, 1)} if longest else {}),
        **({"foreign_resources": foreign} if foreign else {}),
    }
