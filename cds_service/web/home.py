"""GET /: one page that says what this is and where to go next."""

import base64
import hashlib
from importlib import resources
from urllib.parse import quote

from flask import Response, render_template, request

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
            version=__version__,
            discovery=discovery,
            sandbox=_SANDBOX + quote(discovery, safe=""),
        )
        return Response(page, mimetype="text/html", headers={"Content-Security-Policy": _POLICY})

    return [Route("/", "GET", Access.PUBLIC, show)]
