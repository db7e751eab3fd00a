"""What became of one query."""

from dataclasses import dataclass, field
from enum import StrEnum

JsonDict = dict[str, object]


class Outcome(StrEnum):
    """How a prefetch key was answered, or why it was not."""

    SATISFIED = "satisfied"
    FETCHED = "fetched"
    MISSING = "missing"
    NOT_LISTED = "server-not-listed"
    OUT_OF_SCOPE = "out-of-scope"
    CIRCUIT_OPEN = "circuit-open"
    TIMEOUT = "timeout"
    NO_CONNECTION = "no-connection"
    REDIRECT = "redirect"
    REFUSED = "refused"
    NOT_FOUND = "not-found"
    BUSY = "busy"
    SERVER_ERROR = "server-error"
    BAD_REQUEST = "bad-request"
    SEARCH_FAILED = "operation-outcome"
    UNREADABLE = "unreadable"
    TOO_LARGE = "too-large"
    FOREIGN = "another-patient"


ANSWERED = frozenset({Outcome.SATISFIED, Outcome.FETCHED})
# not had, and not because nobody offers it: a server that has no such type says 404, one that may not be asked 403
FAILED = frozenset(
    {Outcome.CIRCUIT_OPEN, Outcome.TIMEOUT, Outcome.NO_CONNECTION, Outcome.REDIRECT, Outcome.BUSY, Outcome.SERVER_ERROR}
    | {Outcome.BAD_REQUEST, Outcome.SEARCH_FAILED, Outcome.UNREADABLE, Outcome.TOO_LARGE, Outcome.FOREIGN}
)
DEAD = frozenset({Outcome.TIMEOUT, Outcome.NO_CONNECTION, Outcome.BUSY, Outcome.SERVER_ERROR})


class NotFetched(Exception):
    """A query that brought nothing; it carries the reason and never a URL, a token or a body."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.value)
        self.outcome = outcome


@dataclass(slots=True)
class Fetched:
    """What one query brought so far; a worker adds to it, so take `pages` once. `complete`: nothing was left behind."""

    pages: list[JsonDict] = field(default_factory=list)
    outcome: Outcome = Outcome.TIMEOUT
    complete: bool = False
    seconds: float = 0.0
