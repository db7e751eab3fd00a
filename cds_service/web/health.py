"""GET /healthz and /readyz: for whoever runs the service."""

from datetime import UTC, datetime

from flask import Response

from cds_service.metrics.page import held_bytes
from cds_service.records.state import NEWER_SCHEMA, Status, age_s
from cds_service.web.answers import json_response
from cds_service.web.runtime import Access, Route, Runtime

_STALE_S = 60


def routes(runtime: Runtime) -> list[Route]:
    """Alive; and ready, which means that the knowledge was loaded and found valid.

    A database that cannot be reached is told, but makes no service unready: advice does not wait for records.
    """

    def alive() -> Response:
        return json_response({"status": "alive"})

    def ready() -> Response:
        status = runtime.books.status()
        problem = runtime.state_problem()
        told = {"status": "ready", "knowledge": runtime.knowledge.version, "store": _store(status, problem)}
        held = held_bytes(runtime.metrics.registry)
        waits = {"records_in_memory_bytes": held} if held else {}
        folder = {"state_folder": problem} if problem else {}
        return json_response({**told, **folder, **waits, **_taken_away(status)})

    return [Route("/healthz", "GET", Access.PUBLIC, alive), Route("/readyz", "GET", Access.PUBLIC, ready)]


def _store(status: Status | None, problem: str) -> str:
    if status is None or age_s(status) > _STALE_S:
        return "not known: the state folder holds no word of it" if problem else "not known"
    if status.reachable:
        return "reachable"
    return "newer than this version, records wait" if status.problem == NEWER_SCHEMA else "unreachable, records wait"


def _taken_away(status: Status | None) -> dict[str, str]:
    """When files of the service were found taken away under it, if they were since it started."""
    if status is None or not status.taken_away:
        return {}
    return {"files_taken_away": datetime.fromtimestamp(status.taken_away, UTC).isoformat(timespec="seconds")}
