"""What a browser sees at an address where there is nothing: a page that leads on. Programs get an OperationOutcome."""

from collections.abc import Callable

from flask import Response, request

from cds_service import __version__
from cds_service.web.answers import FHIR_JSON, JSON
from cds_service.web.pages import look_of, shown
from cds_service.web.runtime import Runtime

_HTML = "text/html"
_FOR_PROGRAMS = ("/cds-services", "/fhir")
_LONGEST_ACCEPT = 1000  # browsers: some 150; to read 800 kB takes seconds
_LOOK = look_of("home.css", "rules.css")


def page_of(runtime: Runtime) -> Callable[[], Response | None]:
    """Makes the page for a request that asks for one; None for any other, and below the addresses of programs."""

    def page() -> Response | None:
        if not _asks_for_a_page():
            return None
        root, knowledge = runtime.settings.pages_path, runtime.knowledge
        return shown("nowhere.html", _LOOK, 404, root=root, knowledge=knowledge, version=__version__)

    return page


def _asks_for_a_page() -> bool:
    """HTML rather than JSON; who takes anything, or says nothing of it, or more than any browser, is a program."""
    if request.method not in ("GET", "HEAD") or request.path.startswith(_FOR_PROGRAMS):
        return False
    told = len(request.headers.get("Accept", "")) <= _LONGEST_ACCEPT
    return told and request.accept_mimetypes.best_match([FHIR_JSON, JSON, _HTML]) == _HTML
