"""GET /: one page that says what this is and where to go next."""

from urllib.parse import quote

from flask import Response, current_app, request

from cards import SERVICES
from cds_service import __version__
from cds_service.demo.welcome import sandbox_link
from cds_service.web.arriving import Arriving
from cds_service.web.pages import look_of, shown
from cds_service.web.runtime import Access, Route, Runtime

_LOOK = look_of("home.css")
_SANDBOX = "https://sandbox.cds-hooks.org/?serviceDiscoveryURL="


def routes(runtime: Runtime) -> list[Route]:
    """The home page."""

    arriving = Arriving(runtime)

    def show() -> Response:
        base = runtime.settings.base_url.rstrip("/") or request.host_url.rstrip("/")
        discovery, has_demo = f"{base}/cds-services", _has_demo()
        return shown(
            "home.html",
            _LOOK,
            200,
            services=SERVICES,
            knowledge=runtime.knowledge,
            trials=runtime.trials_of_clients,
            arriving=arriving.sentences(),
            version=__version__,
            discovery=discovery,
            # the Sandbox starts on our patients where there are some, else on its own
            sandbox=sandbox_link(base) if has_demo else _SANDBOX + quote(discovery, safe=""),
            has_demo=has_demo,
            root=runtime.settings.pages_path,
        )

    return [Route("/", "GET", Access.PUBLIC, show)]


def _has_demo() -> bool:
    """Whether the chart is served beside the services."""
    return any(rule.rule == "/demo" for rule in current_app.url_map.iter_rules())
