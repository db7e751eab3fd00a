"""What became of one query."""

from dataclasses import dataclass, field
from enum import StrEnum

JsonDict = dict[str, object]


class Outcome(StrEnum):
    """How a prefetch key was answered, or why it was not."""

    SATISFIED = "satisfied"
    FETCHED = "fetched"
    NOT_NEEDED = "not-needed"
    MISSING = "missing"
    NOT_LISTED = "server-not-listed"
    OUT_OF_SCOPE = "out-of-scope"
    CIRCUIT_OPEN = "circuit-open"
    TIMEOUT = "timeout"
    NO_CONNECTION = "no-connection"
    CERTIFICATE = "certificate"
    NAME_NOT_FOUND = "name-not-found"
    CONNECTION_REFUSED = "connection-refused"
    CONNECTION_RESET = "connection-reset"
    REDIRECT = "redirect"
    UNAUTHORIZED = "unauthorized"
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
# nobody missed it: it came, or the drafted orders concern nobody and it was not asked for
NOT_MISSED = ANSWERED | {Outcome.NOT_NEEDED}
NO_CONNECTION = frozenset(
    {Outcome.NO_CONNECTION, Outcome.CONNECTION_REFUSED, Outcome.CONNECTION_RESET, Outcome.NAME_NOT_FOUND}
)
# a server that has no such type, or does not give it to this client, says this
_NOT_OFFERED = frozenset({Outcome.NOT_FOUND, Outcome.REFUSED})
# not had, and not because nobody offers it: 401 says that the token is no longer, or was never, accepted
_FAILED = (
    NO_CONNECTION
    | {Outcome.CIRCUIT_OPEN, Outcome.TIMEOUT, Outcome.CERTIFICATE, Outcome.REDIRECT, Outcome.BUSY, Outcome.SERVER_ERROR}
    | {Outcome.BAD_REQUEST, Outcome.SEARCH_FAILED, Outcome.UNREADABLE, Outcome.TOO_LARGE, Outcome.FOREIGN}
    | {Outcome.UNAUTHORIZED}
)
DEAD = NO_CONNECTION | {Outcome.TIMEOUT, Outcome.CERTIFICATE, Outcome.BUSY, Outcome.SERVER_ERROR}


def has_failed(outcome: Outcome, of_everybody: bool = False) -> bool:
    """Whether a query failed; of what every server has of every patient a "not offered" is a failure as well."""
    return outcome in _FAILED or (of_everybody and outcome in _NOT_OFFERED)


class NotFetched(Exception):
    """A query that brought nothing; it carries the reason and never a URL, a token or a body."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.value)
        self.outcome = outcome


@dataclass(slots=True)
class Fetched:
    """What one query brought so far; a worker adds to it, so take `pages` once. `complete`: nothing was left behind.

    `began`: when its worker turned to it, by the monotonic clock; 0 when none has.
    """

    pages: list[JsonDict] = field(default_factory=list)
    outcome: Outcome = Outcome.TIMEOUT
    complete: bool = False
    seconds: float = 0.0
    began: float = 0.0
