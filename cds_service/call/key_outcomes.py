"""How the prefetch keys of one call were answered: for its audit line, its record and the metrics."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from cds_service.call.fhir_access import ANSWERED, Fetched, Outcome


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


def summary(data: Iterable[KeyData]) -> dict[str, object]:
    """For the audit line: keys by outcome, each that was not prefetched, the longest fetch, foreign resources."""
    listed = list(data)
    foreign = sum(item.foreign for item in listed)
    keys = {item.key: item.outcome.value for item in listed if item.outcome is not Outcome.SATISFIED}
    longest = max((item.seconds for item in listed), default=0.0)
    return {
        **{outcome.value: n for outcome, n in Counter([item.outcome for item in listed]).items()},
        **({"keys": keys} if keys else {}),
        **({"fetch_ms": round(longest * 1000, 1)} if longest else {}),
        **({"foreign_resources": foreign} if foreign else {}),
    }
