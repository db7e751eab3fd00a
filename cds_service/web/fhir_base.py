"""/fhir: the stories of the demo as a read-only FHIR R4 base."""

import re
from datetime import datetime
from functools import lru_cache

import orjson
from flask import Response, request

from cds_service.demo import stories
from cds_service.demo.capability import capability_statement
from cds_service.demo.fhir_parameters import PARAMETERS
from cds_service.demo.fhir_search import SearchError, Store, searchset
from cds_service.web.answers import FHIR_JSON, outcome_response
from cds_service.web.runtime import Access, Route, Runtime

_STRICT = re.compile(r"\bhandling\s*=\s*\"?strict\b")


def routes(runtime: Runtime) -> list[Route]:
    """Capabilities, read, and search by GET and POST."""

    def base() -> str:
        return f"{runtime.settings.base_url.rstrip('/') or request.host_url.rstrip('/')}/fhir"

    def capabilities() -> Response:
        return _answer(capability_statement(base(), runtime.now().date().isoformat()))

    def read(kind: str, ident: str) -> Response:
        found = _store(runtime.now()).read(kind, ident)
        return _answer(found) if found else _nothing(kind)

    def search(kind: str) -> Response:
        return _search(_store(runtime.now()), base(), kind) if kind in PARAMETERS else _nothing(kind)

    return [
        Route("/fhir", "GET", Access.PUBLIC, capabilities),
        Route("/fhir/metadata", "GET", Access.PUBLIC, capabilities),
        Route("/fhir/<kind>", "GET", Access.PUBLIC, search),
        Route("/fhir/<kind>/_search", "POST", Access.PUBLIC, search),
        Route("/fhir/<kind>/<ident>", "GET", Access.PUBLIC, read),
    ]


def _store(now: datetime) -> Store:
    return _store_at(now.replace(minute=0, second=0, microsecond=0))


@lru_cache(maxsize=1)
def _store_at(hour: datetime) -> Store:
    """Made once an hour, as the stories are."""
    return Store(resource for story in stories(hour) for resource in story.resources)


def _search(store: Store, base: str, kind: str) -> Response:
    pairs = [*request.args.items(multi=True), *request.form.items(multi=True)]
    try:
        found = store.search(kind, pairs)
    except SearchError as problem:
        return outcome_response(400, "invalid", str(problem))
    if found.ignored and _STRICT.search(request.headers.get("Prefer", "")):
        return outcome_response(400, "not-supported", f"{kind} is not searched by {', '.join(found.ignored)}.")
    return _answer(searchset(base, kind, pairs, found))


def _nothing(kind: str) -> Response:
    if kind in PARAMETERS:
        return outcome_response(404, "not-found", f"There is no {kind} of this id. GET /fhir/{kind} lists all.")
    return outcome_response(404, "not-supported", "Not a type that is kept here. GET /fhir/metadata lists them.")


def _answer(resource: object) -> Response:
    return Response(orjson.dumps(resource), mimetype=FHIR_JSON)
