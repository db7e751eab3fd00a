"""GET /cds-services: what this service offers, derived from the catalogue."""

from flask import Response

from cards import discovery
from cds_service.web.answers import json_response
from cds_service.web.runtime import Access, Route, Runtime


def routes(runtime: Runtime) -> list[Route]:
    """The discovery route; the answer is made once."""
    told = discovery(runtime.knowledge)
    for service in told:
        service["description"] = f"{service['description']}{runtime.trials_of_clients}"
    body = json_response({"services": told}).get_data()

    def show() -> Response:
        return Response(body, mimetype="application/json")

    return [Route("/cds-services", "GET", Access.PUBLIC, show)]
