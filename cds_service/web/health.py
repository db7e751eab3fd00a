"""GET /healthz and /readyz: for whoever runs the service."""

from flask import Response

from cds_service.web.answers import json_response
from cds_service.web.runtime import Access, Route, Runtime


def routes(runtime: Runtime) -> list[Route]:
    """Alive; and ready, which means that the knowledge was loaded and found valid."""

    def alive() -> Response:
        return json_response({"status": "alive"})

    def ready() -> Response:
        return json_response({"status": "ready", "knowledge": runtime.knowledge.version})

    return [Route("/healthz", "GET", Access.PUBLIC, alive), Route("/readyz", "GET", Access.PUBLIC, ready)]
