"""One HTTP exchange with a FHIR server: no redirects, no cookies, no proxies, a limit on time and on size."""

import http.client
import re
import socket
import ssl
import time
from collections.abc import Callable, Mapping

import requests
from urllib3.exceptions import HTTPError, NameResolutionError, ReadTimeoutError
from urllib3.response import BaseHTTPResponse
from urllib3.util.ssl_match_hostname import CertificateError

from cds_service.call.fhir_access.outcome import JsonDict, NotFetched, Outcome
from cds_service.fhir_json import as_dict, parse_json
from cds_service.outgoing import within

MOST_BYTES = 5 * 1024 * 1024
_CHUNK = 64 * 1024
_LONGEST_LENGTH = 20  # digits; Python reads no more than some thousands
_JSON_MEDIA = re.compile(r"(application|text)/([a-z0-9.\-]+\+)?json(\+fhir)?")
_OUTCOMES = {
    401: Outcome.UNAUTHORIZED,
    403: Outcome.REFUSED,
    404: Outcome.NOT_FOUND,
    410: Outcome.NOT_FOUND,
    429: Outcome.BUSY,
}
# an authority that is not known, a name that is not that of the certificate, a date: all are faults of the certificate
_FAULTS: tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], Outcome], ...] = (
    ((ssl.SSLError, requests.exceptions.SSLError, CertificateError), Outcome.CERTIFICATE),
    ((socket.gaierror, NameResolutionError), Outcome.NAME_NOT_FOUND),
    (ConnectionRefusedError, Outcome.CONNECTION_REFUSED),
    ((ConnectionResetError, BrokenPipeError, http.client.RemoteDisconnected), Outcome.CONNECTION_RESET),
)
_DEEPEST_CAUSE = 10
_NO_HEAD = frozenset({400, 405, 501})
_HEADERS = {"Accept": "application/fhir+json", "User-Agent": "magnesium-cds"}


def _anything(_: int) -> None:
    pass


class Deadline:
    """The moment at which an answer goes out with what is there."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds left, never negative."""
        return max(self._at - time.monotonic(), 0.0)


class RefusedStatus(NotFetched):
    """A status that is no success; `retry_after` in seconds when the server named it."""

    def __init__(self, outcome: Outcome, status: int, retry_after: float | None) -> None:
        super().__init__(outcome)
        self.status = status
        self.retry_after = retry_after


def exchange(
    session: requests.Session,
    method: str,
    url: str,
    pairs: tuple[tuple[str, str], ...],
    token: str,
    seconds: float,
    came: Callable[[int], None] = _anything,
) -> JsonDict:
    """The resource that the server answers; NotFetched with the reason for anything else.

    `came` hears of each piece of it, in bytes, and may raise NotFetched.
    """
    limit = Deadline(seconds)
    form, query = (list(pairs), None) if method == "POST" else (None, list(pairs))
    headers = {**_HEADERS, **({"Authorization": f"Bearer {token}"} if token else {})}
    try:
        with session.request(
            method,
            url,
            params=query,
            data=form,
            headers=headers,
            timeout=within(seconds),
            allow_redirects=False,
            stream=True,
        ) as response:
            return _answered(response, limit, came)
    except (requests.RequestException, HTTPError, OSError, ValueError) as problem:
        _let_go(problem)
        raise NotFetched(_why(problem)) from None


def _let_go(problem: BaseException) -> None:
    """Keep no frame of a fault: urllib3's keep the fault, and with it all that this call has read."""
    for cause in _causes(problem):
        cause.__traceback__ = None


def _answered(response: requests.Response, limit: Deadline, came: Callable[[int], None]) -> JsonDict:
    try:
        _check(response.status_code, response.headers)
    except RefusedStatus:
        _finish(response, limit)
        raise
    return _resource(_body(response.raw, limit, came))


def greet(session: requests.Session, url: str, seconds: float) -> None:
    """Leave a connection open for a later exchange: by the head of `url` or, where a server gives none, the whole.

    Whatever the server says, or does not, is no news of it.
    """
    try:
        answer = session.head(url, headers=_HEADERS, timeout=within(seconds), allow_redirects=False)
        if answer.status_code in _NO_HEAD:
            exchange(session, "GET", url, (), "", seconds)
    except (NotFetched, requests.RequestException, HTTPError, OSError, ValueError):
        return


def _why(problem: Exception) -> Outcome:
    if isinstance(problem, requests.ConnectTimeout):
        return Outcome.NO_CONNECTION
    if isinstance(problem, requests.Timeout | ReadTimeoutError):
        return Outcome.TIMEOUT
    otherwise = Outcome.NO_CONNECTION if isinstance(problem, requests.ConnectionError) else Outcome.UNREADABLE
    return _kind_of(problem, otherwise)


def _kind_of(problem: BaseException, otherwise: Outcome) -> Outcome:
    """Why there was no connection, or why it broke, told by the first of the causes that says so."""
    return next((kind for cause in _causes(problem) for types, kind in _FAULTS if isinstance(cause, types)), otherwise)


def _causes(problem: BaseException) -> list[BaseException]:
    """A fault and what it wraps, one in the other."""
    causes = [problem]
    while (inner := _cause_of(causes[-1])) and len(causes) < _DEEPEST_CAUSE:
        causes.append(inner)
    return causes


def _cause_of(problem: BaseException) -> BaseException | None:
    """What a fault of the libraries wraps: its cause, its `reason`, or a fault among its arguments."""
    inner = (problem.__cause__, getattr(problem, "reason", None), *problem.args, problem.__context__)
    return next((cause for cause in inner if isinstance(cause, BaseException)), None)


def _check(status: int, headers: Mapping[str, str]) -> None:
    if status != 200:
        after = headers.get("Retry-After", "").strip()
        raise RefusedStatus(_outcome(status), status, float(after) if _is_number(after) and len(after) < 6 else None)
    if not _JSON_MEDIA.fullmatch(headers.get("Content-Type", "").split(";")[0].strip().lower()):
        raise NotFetched(Outcome.UNREADABLE)
    length = headers.get("Content-Length", "")
    if _is_number(length) and int(length[:_LONGEST_LENGTH]) > MOST_BYTES:
        raise NotFetched(Outcome.TOO_LARGE)


def _is_number(told: str) -> bool:
    """Whether a header is digits of ASCII: a raised two is a digit too, and no number."""
    return told.isascii() and told.isdigit()


def _outcome(status: int) -> Outcome:
    if 300 <= status < 400:
        return Outcome.REDIRECT
    return _OUTCOMES.get(status, Outcome.SERVER_ERROR if status >= 500 else Outcome.BAD_REQUEST)


def _body(raw: BaseHTTPResponse, limit: Deadline, came: Callable[[int], None] = _anything) -> bytes:
    """The body, read in the pieces in which it arrives, so that a trickle cannot outlast the limit."""
    read = bytearray()
    while chunk := raw.read1(_CHUNK, decode_content=True):
        read += chunk
        came(len(chunk))
        if len(read) > MOST_BYTES:
            raise NotFetched(Outcome.TOO_LARGE)
        if not limit.left:
            raise NotFetched(Outcome.TIMEOUT)
    return bytes(read)


def _finish(response: requests.Response, limit: Deadline) -> None:
    """Read what a refusal says, if it is short: a connection with something left to read is closed, not kept."""
    length = response.headers.get("Content-Length", "")
    if not _is_number(length) or int(length[:_LONGEST_LENGTH]) > _CHUNK:
        return
    try:
        _body(response.raw, limit)
    except (HTTPError, OSError):
        if not limit.left:
            raise NotFetched(Outcome.TIMEOUT) from None


def _resource(body: bytes) -> JsonDict:
    resource = as_dict(parse_json(body))
    if resource.get("resourceType") == "OperationOutcome":
        raise NotFetched(Outcome.SEARCH_FAILED)
    return resource
