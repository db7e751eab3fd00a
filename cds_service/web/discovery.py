"""GET /cds-services: what this service offers, derived from the catalogue."""

from flask import Response

from cards import discovery
from cds_service.web.answers import json_response
from cds_service.web.runtime import Access, Route, Runtime


def routes(runtime: Runtime) -> list[Route]:
    """The discovery route; the answer is made once."""
    body = json_response({"services": discovery(runtime.knowledge)}).get_data()

    def show() -> Response:
        return Response(body, mimetype="application/json")

    return [Route("/cds-services", "GET", Access.PUBLIC, show)]
