"""The web application: its routes, and what every answer has in common."""

from collections.abc import Callable, Iterable

from flask import Flask, Response, request
from flask_cors import CORS

from cds_service.run.settings import Settings
from cds_service.web import (
    about,
    description,
    discovery,
    feedback,
    health,
    home,
    hooks,
    insights,
    metrics,
    nowhere,
    rules,
)
from cds_service.web.auth import Gate
from cds_service.web.errors import register_errors
from cds_service.web.runtime import RouteGroup, Runtime
from cds_service.web.slashes import without_extra_slashes
from cds_service.web.this_request import begin, request_id

_GROUPS: tuple[RouteGroup, ...] = tuple(
    module.routes for module in (discovery, hooks, feedback, health, metrics, home, about, rules, insights, description)
)
_ALLOWED_HEADERS = "Authorization, Content-Type"
_HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
_CROSS_ORIGIN = r"/(?!insights).*"  # what clinicians did is for no other site's page to read
ROUTES = "magnesium-cds-routes"


def create_app(runtime: Runtime, groups: Iterable[RouteGroup] = ()) -> Flask:
    """The WSGI application; `groups` are routes besides those of the service, as the demo has them."""
    app = Flask("cds_service.web", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = runtime.settings.max_body_bytes
    app.before_request(lambda: begin(runtime.new_id()))
    app.after_request(_finisher(hooks.auditor(runtime)))
    _allow_browsers(app, runtime.settings)
    register_errors(app, runtime.settings, runtime.metrics.failed, nowhere.page_of(runtime))
    gate = Gate(runtime)
    routes = [route for group in (*_GROUPS, *groups) for route in group(runtime)]
    for route in routes:
        app.add_url_rule(
            route.path,
            f"{route.method} {route.path}".replace(".", " "),
            gate.guarded(route),
            methods=[route.method],
        )
    app.extensions[ROUTES] = tuple(routes)
    app.wsgi_app = without_extra_slashes(app.wsgi_app)  # type: ignore[method-assign]
    return app


def _allow_browsers(app: Flask, settings: Settings) -> None:
    CORS(
        app,
        resources=_CROSS_ORIGIN,
        origins=list(settings.cors_origins),
        methods=["GET", "POST", "OPTIONS"],
        allow_headers=_ALLOWED_HEADERS.split(", "),
        expose_headers=["X-Request-Id"],
        max_age=600,
    )


def _finisher(audit: Callable[[Response], None]) -> Callable[[Response], Response]:
    """What every answer gets at its end; then it is recorded."""

    def finish(response: Response) -> Response:
        headers = response.headers
        for name, value in _HEADERS.items():
            headers.setdefault(name, value)
        headers["X-Request-Id"] = request_id()
        if request.method == "OPTIONS" and "Access-Control-Allow-Origin" in headers:
            # the extension names only what was asked for; clients check for both
            headers["Access-Control-Allow-Headers"] = _ALLOWED_HEADERS
        audit(response)
        return response

    return finish
