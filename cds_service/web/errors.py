"""Every error leaves as a FHIR OperationOutcome that says what, why and what to do; a 404 in a browser as a page."""

from collections.abc import Callable, Mapping
from typing import Protocol

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

from cards import SERVICES
from cds_service.errors import NotAuthenticated, RequestError, TooManyCalls
from cds_service.records.log import record_failure
from cds_service.run.settings import Settings
from cds_service.web.answers import outcome_response
from cds_service.web.this_request import request_id

_DRAIN_LIMIT = 64 * 1024 * 1024
_CHUNK = 64 * 1024
_OTHER = ("processing", "The request could not be processed. Check method, path and headers.")


class _Stream(Protocol):
    def read(self, size: int, /) -> bytes: ...


def register_errors(
    app: Flask, settings: Settings, failed: Callable[[], None], nowhere: Callable[[], Response | None]
) -> None:
    """Answer every error of the app: `failed` hears of each fault of ours, `nowhere` may make a page of a 404."""
    texts = _texts(settings)

    def http_error(problem: HTTPException) -> Response:
        status = problem.code or 500
        if status == 413:
            _drain()
        if status == 404 and (page := nowhere()):
            return page
        answer = outcome_response(status, *texts.get(status, _OTHER))
        answer.headers.extend([pair for pair in problem.get_headers() if pair[0] in ("Allow", "Retry-After")])
        return answer

    def fault(problem: Exception) -> Response:
        failed()
        return _fault(problem)

    app.register_error_handler(RequestError, _request_error)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(Exception, fault)


def _request_error(problem: RequestError) -> Response:
    answer = outcome_response(problem.status, problem.code, problem.diagnostics)
    if isinstance(problem, NotAuthenticated):
        answer.headers.extend([("WWW-Authenticate", challenge) for challenge in problem.challenges])
    if isinstance(problem, TooManyCalls):
        answer.headers["Retry-After"] = str(problem.retry_after)
    return answer


def _fault(problem: Exception) -> Response:
    record_failure(request_id(), problem)
    text = (
        "The service failed to answer; the fault is not in the request. "
        f"Tell its operator the request id {request_id()}."
    )
    return outcome_response(500, "exception", text)


def _texts(settings: Settings) -> Mapping[int, tuple[str, str]]:
    services = ", ".join(f"/cds-services/{service.id}" for service in SERVICES)
    return {
        404: ("not-found", f"There is nothing at this address. The services are {services}."),
        405: ("not-supported", "This address does not answer this method. Discovery is GET, services are POST."),
        413: (
            "too-long",
            f"The body is larger than {settings.max_body_mb} MB. Send fewer resources: the prefetch templates of the "
            "discovery document name all that is needed.",
        ),
    }


def _drain() -> None:
    """Read what the client is still sending: it listens for an answer only after that."""
    left = min(request.content_length or 0, _DRAIN_LIMIT)
    stream: _Stream = request.environ["wsgi.input"]
    while left > 0 and (chunk := stream.read(min(_CHUNK, left))):
        left -= len(chunk)
