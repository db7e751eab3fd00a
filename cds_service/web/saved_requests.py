"""/demo/requests: hook requests about invented patients, to send to the services by hand."""

from flask import Response, abort

from cds_service.demo import demo_requests
from cds_service.web.answers import json_response
from cds_service.web.runtime import Access, Route, Runtime


def routes(runtime: Runtime) -> list[Route]:
    """Each request by its name, dated from now."""

    def show(name: str) -> Response:
        found = demo_requests(runtime.now()).get(name)
        return json_response(found) if found else abort(404)

    return [Route("/demo/requests/<name>", "GET", Access.PUBLIC, show)]
