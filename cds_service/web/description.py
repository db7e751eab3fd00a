"""GET /openapi.json: the routes, for tools."""

from functools import cache

from flask import Response

from cds_service.web.answers import json_response
from cds_service.web.openapi import document
from cds_service.web.runtime import Access, Route, Runtime


def routes(runtime: Runtime) -> list[Route]:
    """The route of the OpenAPI document; the document is made when it is first asked for."""

    @cache
    def body() -> bytes:
        return json_response(
            document(runtime.settings.base_url, f"{runtime.knowledge.approval}{runtime.trials_of_clients}")
        ).get_data()

    def show() -> Response:
        return Response(body(), mimetype="application/json")

    return [Route("/openapi.json", "GET", Access.PUBLIC, show)]
