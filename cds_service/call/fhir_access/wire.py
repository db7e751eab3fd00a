"""One HTTP exchange with a FHIR server: no redirects, no cookies, no proxies, a limit on time and on size."""

import re
import time
from collections.abc import Mapping

import requests
from urllib3.exceptions import HTTPError, ReadTimeoutError
from urllib3.response import BaseHTTPResponse

from cds_service.call.fhir_access.outcome import JsonDict, NotFetched, Outcome
from cds_service.fhir_json import as_dict, parse_json
from cds_service.outgoing import within

MOST_BYTES = 5 * 1024 * 1024
_CHUNK = 64 * 1024
_JSON_MEDIA = re.compile(r"(application|text)/([a-z0-9.\-]+\+)?json(\+fhir)?")
_OUTCOMES = {
    401: Outcome.REFUSED,
    403: Outcome.REFUSED,
    404: Outcome.NOT_FOUND,
    410: Outcome.NOT_FOUND,
    429: Outcome.BUSY,
}
_HEADERS = {"Accept": "application/fhir+json", "User-Agent": "magnesium-cds"}


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
) -> JsonDict:
    """The resource that the server answers; NotFetched with the reason for anything else."""
    limit = Deadline(seconds)
    form, query = (list(pairs), None) if method == "POST" else (None, list(pairs))
    try:
        with session.request(
            method,
            url,
            data=form,
            params=query,
            headers={**_HEADERS, "Authorization": f"Bearer {token}"},
            timeout=within(seconds),
            allow_redirects=False,
            stream=True,
        ) as response:
            _check(response.status_code, response.headers)
            return _resource(_body(response.raw, limit))
    except requests.ConnectTimeout:
        raise NotFetched(Outcome.NO_CONNECTION) from None
    except (requests.Timeout, ReadTimeoutError):
        raise NotFetched(Outcome.TIMEOUT) from None
    except requests.ConnectionError:
        raise NotFetched(Outcome.NO_CONNECTION) from None
    except (requests.RequestException, HTTPError, OSError, ValueError):
        raise NotFetched(Outcome.UNREADABLE) from None


def _check(status: int, headers: Mapping[str, str]) -> None:
    if status != 200:
        after = headers.get("Retry-After", "").strip()
        raise RefusedStatus(_outcome(status), status, float(after) if after.isdigit() and len(after) < 6 else None)
    if not _JSON_MEDIA.fullmatch(headers.get("Content-Type", "").split(";")[0].strip().lower()):
        raise NotFetched(Outcome.UNREADABLE)
    length = headers.get("Content-Length", "")
    if length.isdigit() and int(length) > MOST_BYTES:
        raise NotFetched(Outcome.TOO_LARGE)


def _outcome(status: int) -> Outcome:
    if 300 <= status < 400:
        return Outcome.REDIRECT
    return _OUTCOMES.get(status, Outcome.SERVER_ERROR if status >= 500 else Outcome.BAD_REQUEST)


def _body(raw: BaseHTTPResponse, limit: Deadline) -> bytes:
    """The body, read in the pieces in which it arrives, so that a trickle cannot outlast the limit."""
    read = bytearray()
    while chunk := raw.read1(_CHUNK, decode_content=True):
        read += chunk
        if len(read) > MOST_BYTES:
            raise NotFetched(Outcome.TOO_LARGE)
        if not limit.left:
            raise NotFetched(Outcome.TIMEOUT)
    return bytes(read)


def _resource(body: bytes) -> JsonDict:
    resource = as_dict(parse_json(body))
    if resource.get("resourceType") == "OperationOutcome":
        raise NotFetched(Outcome.SEARCH_FAILED)
    return resource
