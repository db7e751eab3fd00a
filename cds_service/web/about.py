"""GET /api and /safety: how the service is called, and what it is for, as pages."""

import re
from functools import cache
from importlib import resources
from pathlib import Path

from flask import Response

from cds_service import __version__
from cds_service.fhir_json import as_dict, as_text
from cds_service.web.openapi import document
from cds_service.web.pages import look_of, shown
from cds_service.web.runtime import Access, Route, Runtime

_LOOK = look_of("home.css", "rules.css")
_BUILT = resources.files("cds_service.web") / "templates" / "safety.md"
_WRITTEN = Path(__file__).parents[2] / "docs" / "safety.md"  # in a checkout; a wheel holds a copy of it
_TO_ANOTHER_FILE = re.compile(r"\[([^\[\]]{1,200})\]\((?!https?:)[^()]{0,200}\)")


def routes(runtime: Runtime) -> list[Route]:
    """The two pages."""

    def common() -> dict[str, object]:
        return {"root": runtime.settings.pages_path, "knowledge": runtime.knowledge, "version": __version__}

    def api() -> Response:
        return shown("api.html", _LOOK, 200, operations=_operations(), **common())

    def safety() -> Response:
        return shown("safety.html", _LOOK, 200, body=_safety(), **common())

    return [Route("/api", "GET", Access.PUBLIC, api), Route("/safety", "GET", Access.PUBLIC, safety)]


@cache
def _operations() -> tuple[tuple[str, str, str, str], ...]:
    """Method, path, what it is and the statuses of each operation."""
    return tuple(
        (method.upper(), path, as_text(as_dict(told).get("summary")) or "", _statuses(told))
        for path, methods in as_dict(document()["paths"]).items()
        for method, told in as_dict(methods).items()
    )


def _statuses(told: object) -> str:
    return ", ".join(as_dict(as_dict(told).get("responses")))


@cache
def _safety() -> str:
    """The page on safety as HTML; what leads to other files of the documentation is text."""
    from cds_service.web.markdown import rendered  # the workers that nobody asks need not carry it

    text = (_BUILT if _BUILT.is_file() else _WRITTEN).read_text(encoding="utf-8")
    return rendered(_TO_ANOTHER_FILE.sub(r"\1", text))
