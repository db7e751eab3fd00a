"""The figures of a candidate beside what was live, on the same calls."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Beside:
    """Calls of one kind, and the cards of both sides in them."""

    name: str
    calls: int
    live: int
    trial: int

    @property
    def live_per_1000(self) -> float | None:
        """Cards shown per 1,000 calls; None without calls."""
        return 1000 * self.live / self.calls if self.calls else None

    @property
    def trial_per_1000(self) -> float | None:
        """Cards of the candidate per 1,000 calls; None without calls."""
        return 1000 * self.trial / self.calls if self.calls else None


@dataclass(frozen=True, slots=True)
class RuleBeside:
    """Cards that one rule titled on both sides; calls in which only one did; what the candidate would have withheld.

    `quiet`: answered or shown before; `suppressed`: for other cards, or by the site.
    """

    rule: str
    live: int
    trial: int
    only_live: int
    only_trial: int
    quiet: int
    suppressed: int


@dataclass(frozen=True, slots=True)
class CandidateFigures:
    """All figures of the candidates of a period; `differ`: calls in which other rules spoke, or as urgently as not."""

    versions: tuple[str, ...]
    totals: Beside
    differ: int
    refused_live: int
    refused_trial: int
    rules: tuple[RuleBeside, ...]
    indicators: tuple[Beside, ...]
    services: tuple[Beside, ...]
    hours: tuple[Beside, ...]
