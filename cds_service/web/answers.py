"""Requests in, responses out: the little that every route shares."""

import re

import orjson
from flask import Response, abort, request

from cds_service.errors import NotJson, NotJsonMedia, operation_outcome

JSON = "application/json"
FHIR_JSON = "application/fhir+json"
_JSON_MEDIA = re.compile(r"(application|text)/([a-z0-9.\-]+\+)?json")
_PLAIN = "identity"
_CHARSETS = frozenset({"utf-8", "utf8", "us-ascii"})


def json_response(payload: object, status: int = 200) -> Response:
    """A JSON answer; NotJson when it would tell back a resource that is nested too deeply to be written."""
    try:
        return Response(orjson.dumps(payload), status, mimetype=JSON)
    except orjson.JSONEncodeError as problem:
        if "Recursion" not in str(problem):
            raise
        raise NotJson("An order that the answer would change is nested too deeply. Send it as FHIR has it.") from None


def outcome_response(status: int, code: str, diagnostics: str) -> Response:
    """An error answer."""
    return outcome_response_of(operation_outcome(code, diagnostics), status)


def outcome_response_of(outcome: object, status: int) -> Response:
    """An error answer with an OperationOutcome that exists."""
    return Response(orjson.dumps(outcome), status, mimetype=FHIR_JSON)


def raw_body() -> bytes:
    """The body of a request that announces JSON; NotJsonMedia for any other, or for a compressed one."""
    if request.content_type != JSON and not _is_json():  # as it is written nearly always, it needs no reading
        raise NotJsonMedia("Send the request with Content-Type application/json, in UTF-8.")
    if request.headers.get("Content-Encoding", _PLAIN).strip().lower() != _PLAIN:
        raise NotJsonMedia("The body is compressed. Send it as it is, without Content-Encoding.")
    body, most = request.get_data(cache=False), request.max_content_length
    if request.content_length is None and most and len(body) >= most:
        abort(413)  # in chunks the web framework would cut it silently
    return body


def _is_json() -> bool:
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    return _JSON_MEDIA.fullmatch(request.mimetype) is not None and charset in _CHARSETS
