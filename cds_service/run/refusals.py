"""What the web server itself refuses, before or beside the application, told as the service tells its errors."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

import orjson
from gunicorn.http import errors

from cds_service.errors import operation_outcome
from cds_service.web.answers import FHIR_JSON

LINE_BYTES, FIELD_BYTES, FIELDS = 4094, 8190, 100
HEAD_BYTES = 32 * 1024  # of all fields: of 800 kB some take seconds to read, and anyone may send them
# RFC 3986: an address in brackets, or a name; then a port
_HOST = re.compile(r"(\[[0-9A-Za-z:.~!$&'()*+,;=_-]+\]|[0-9A-Za-z.~!$&'()*+,;=_%-]*)(:[0-9]*)?")


class OddHost(errors.ParseException):  # type: ignore[misc] # gunicorn is not typed
    """A request that does not tell which host it is for, or by what is none."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A status with what is said of it: why, and what to do; after how many seconds to come again, if it may."""

    status: HTTPStatus
    code: str
    diagnostics: str
    again_s: int | None = None


FAULT = Refusal(
    HTTPStatus.INTERNAL_SERVER_ERROR, "exception", "The service failed to answer; the fault is not in the request."
)
TOO_SLOW = Refusal(
    HTTPStatus.REQUEST_TIMEOUT, "timeout", "The request did not come to its end in time. Send it again, all at once."
)
NO_HOST = Refusal(
    HTTPStatus.BAD_REQUEST,
    "structure",
    "HTTP/1.1 asks for one Host header, with a name or an address, and a port if need be (RFC 9112, section 3.2).",
)
BUSY = Refusal(
    HTTPStatus.SERVICE_UNAVAILABLE, "throttled", "Too many large requests wait to be answered. Send it again later.", 1
)
_REFUSALS: tuple[tuple[type[Exception], Refusal], ...] = (  # the first that fits counts
    (errors.InvalidResponseHeader, FAULT),
    (errors.InvalidResponseHeaderName, FAULT),
    (errors.ConfigurationProblem, FAULT),
    (
        errors.LimitRequestLine,
        Refusal(
            HTTPStatus.REQUEST_URI_TOO_LONG,
            "too-long",
            f"The address is longer than {LINE_BYTES} bytes. No address of this service is; see /cds-services.",
        ),
    ),
    (
        errors.LimitRequestHeaders,
        Refusal(
            HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
            "too-long",
            f"A header is longer than {FIELD_BYTES} bytes, all together than {HEAD_BYTES}, or there are more than "
            f"{FIELDS}. Send fewer, or shorter.",
        ),
    ),
    (
        errors.UnsupportedTransferCoding,
        Refusal(
            HTTPStatus.NOT_IMPLEMENTED, "not-supported", "This Transfer-Encoding is not read. Send chunked or none."
        ),
    ),
    (
        errors.ExpectationFailed,
        Refusal(HTTPStatus.EXPECTATION_FAILED, "not-supported", "Of Expect only 100-continue is understood."),
    ),
    (
        errors.ForbiddenProxyRequest,
        Refusal(HTTPStatus.FORBIDDEN, "forbidden", "The PROXY protocol is not accepted from this address."),
    ),
    (OddHost, NO_HOST),
    (
        errors.ParseException,
        Refusal(
            HTTPStatus.BAD_REQUEST,
            "structure",
            "This is no HTTP request as RFC 9112 has it: request line, headers or chunks cannot be read.",
        ),
    ),
)


def check_head(version: tuple[int, int], headers: Sequence[tuple[str, str]]) -> None:
    """LimitRequestHeaders, UnsupportedTransferCoding or OddHost for a head that gunicorn takes.

    It would hand on 800 kB of headers, what nobody unzipped (`gzip, chunked`), and what is for no host (RFC 9112 asks
    for 400).
    """
    if sum(len(name) + len(value) for name, value in headers) > HEAD_BYTES:
        raise errors.LimitRequestHeaders("all headers together")
    codings = [value.strip(" \t").lower() for name, value in headers if name == "TRANSFER-ENCODING"]
    if set(codings) - {"chunked"}:
        raise errors.UnsupportedTransferCoding("; ".join(codings))
    hosts = [value for name, value in headers if name == "HOST"]
    if not all(map(_HOST.fullmatch, hosts)) or len(hosts) > 1 or (not hosts and version >= (1, 1)):
        raise OddHost


def refusal_of(problem: Exception) -> Refusal:
    """What is answered to a request in which the server met this problem."""
    return next((refusal for kind, refusal in _REFUSALS if isinstance(problem, kind)), FAULT)


def written(refusal: Refusal, request_id: str) -> bytes:
    """The whole HTTP answer; any page may read it, for it holds nothing of anyone."""
    body = orjson.dumps(operation_outcome(refusal.code, refusal.diagnostics))
    head = (
        f"HTTP/1.1 {refusal.status.value} {refusal.status.phrase}",
        f"Content-Type: {FHIR_JSON}",
        f"Content-Length: {len(body)}",
        "Access-Control-Allow-Origin: *",
        "Cache-Control: no-store",
        "Access-Control-Expose-Headers: X-Request-Id",
        f"X-Request-Id: {request_id}",
        "X-Content-Type-Options: nosniff",
        "Connection: close",
        *(() if refusal.again_s is None else (f"Retry-After: {refusal.again_s}",)),
    )
    return "\r\n".join([*head, "", ""]).encode("ascii") + body
