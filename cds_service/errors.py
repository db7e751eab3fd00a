"""What can be wrong with a request, and how it is told: every error answer is a FHIR OperationOutcome.

RequestError
  NotJson           400  the body is not JSON
  NotCdsHooks       400  the body is JSON, but no request of the specification
  BadQuery          400  days or a service that make no period of the insights
  NotAuthenticated  401  no token that we accept
    NoPassword      401  no token that opens the insights
  NotAllowed        403  the caller may not see this
  TooMuch           413  more entries than are read
  NotJsonMedia      415  the Content-Type is not JSON, or the body is compressed
  TooManyCalls      429  the client calls more often than it may
  NoRecords         503  the records cannot be read now
"""

from http import HTTPStatus

from cards import Stopped

JsonDict = dict[str, object]


class RequestError(Exception):
    """A request that cannot be answered; `diagnostics` says what, why and what to do, without patient data."""

    status = HTTPStatus.BAD_REQUEST
    code = "invalid"

    def __init__(self, diagnostics: str) -> None:
        super().__init__(diagnostics)
        self.diagnostics = diagnostics


class NotJson(RequestError):
    """The body is not JSON in UTF-8."""

    code = "structure"


class NotCdsHooks(RequestError):
    """The body is JSON, but not a request of CDS Hooks."""


class BadQuery(RequestError):
    """What is asked of the insights names no period, or no service."""

    code = "value"


class NotAuthenticated(RequestError):
    """The caller did not prove who it is."""

    status = HTTPStatus.UNAUTHORIZED
    code = "login"
    challenges: tuple[str, ...] = ("Bearer",)


class NoPassword(NotAuthenticated):
    """The caller did not show the token of the insights; a browser asks its user for it."""

    challenges = ('Basic realm="magnesium-cds insights", charset="UTF-8"', "Bearer")


class NotAllowed(RequestError):
    """The caller may not see this."""

    status = HTTPStatus.FORBIDDEN
    code = "forbidden"


class TooMuch(RequestError, Stopped):
    """The body holds more than is read."""

    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    code = "too-long"


class TooManyCalls(RequestError):
    """The client calls more often than it may; it may again after `retry_after` seconds."""

    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "throttled"

    def __init__(self, retry_after: int, what: str = "Too many calls in this minute.") -> None:
        super().__init__(f"{what} Call again in {retry_after} s.")
        self.retry_after = retry_after


class TooManyLong(TooManyCalls):
    """The client has too many calls under way that take long, and others wait."""

    def __init__(self) -> None:
        super().__init__(1, "Too many calls of this client that take long to evaluate are under way.")


class NotJsonMedia(RequestError):
    """The headers do not announce JSON in UTF-8, or announce a compressed body."""

    status = HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    code = "not-supported"


class NoRecords(RequestError):
    """There is no database of records yet, or none that answers."""

    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "transient"


def operation_outcome(code: str, diagnostics: str) -> JsonDict:
    """A FHIR OperationOutcome with one error."""
    issue = {"severity": "error", "code": code, "diagnostics": diagnostics}
    return {"resourceType": "OperationOutcome", "issue": [issue]}
