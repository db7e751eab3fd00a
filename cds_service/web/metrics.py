"""GET /metrics: for Prometheus."""

from flask import Response

from cds_service.metrics.page import MEDIA_TYPE, page
from cds_service.metrics.state import MachineState
from cds_service.web.runtime import Access, Route, Runtime


def routes(runtime: Runtime) -> list[Route]:
    """The route of the metrics."""
    state = MachineState(runtime.books, runtime.knowledge, lambda: not runtime.state_problem())

    def show() -> Response:
        return Response(page(runtime.metrics.registry, state), content_type=MEDIA_TYPE)

    return [Route("/metrics", "GET", Access.METRICS, show)]
