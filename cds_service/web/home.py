"""GET /: one page that says what this is and where to go next."""

import base64
import hashlib
from importlib import resources
from urllib.parse import quote

from flask import Response, current_app, render_template, request

from cards import SERVICES
from cds_service import __version__
from cds_service.web.runtime import Access, Route, Runtime

_STYLE = resources.files("cds_service.web").joinpath("templates/home.css").read_text(encoding="utf-8")
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()
_POLICY = (
    f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_SANDBOX = "https://sandbox.cds-hooks.org/?serviceDiscoveryURL="


def routes(runtime: Runtime) -> list[Route]:
    """The home page."""

    def show() -> Response:
        discovery = f"{runtime.settings.base_url.rstrip('/') or request.host_url.rstrip('/')}/cds-services"
        page = render_template(
            "home.html",
            style=_STYLE,
            services=SERVICES,
            knowledge=runtime.knowledge,
            trials=runtime.trials_of_clients,
            version=__version__,
            discovery=discovery,
            sandbox=_SANDBOX + quote(discovery, safe=""),
            has_demo=_has_demo(),
        )
        return Response(page, mimetype="text/html", headers={"Content-Security-Policy": _POLICY})

    return [Route("/", "GET", Access.PUBLIC, show)]


def _has_demo() -> bool:
    """Whether the chart is served beside the services."""
    return any(rule.rule == "/demo" for rule in current_app.url_map.iter_rules())
