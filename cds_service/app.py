"""Builds the web application from settings and knowledge."""

from collections.abc import Iterable
from dataclasses import replace
from importlib import resources
from pathlib import Path

from flask import Flask, Response, request
from flask_cors import CORS

from cards import Knowledge, KnowledgeError, load_knowledge, prefetch_templates
from cds_service.call.fhir_access import Gateway
from cds_service.clients import read_clients
from cds_service.metrics import Metrics
from cds_service.records import record_trouble
from cds_service.replay import SharedSeen, shared_tokens
from cds_service.settings import PREFIX, Settings, SettingsError
from cds_service.store.answered import AnsweredFile
from cds_service.store.memory import AdviceMemory
from cds_service.store.spool import Spool
from cds_service.store.state import ANSWERED, hash_key, state_folder
from cds_service.web import description, discovery, feedback, health, home, hooks, insights, metrics
from cds_service.web.answers import request_id, start_request
from cds_service.web.auth import Gate
from cds_service.web.errors import register_errors
from cds_service.web.runtime import RouteGroup, Runtime
from cds_service.web.slashes import without_extra_slashes

_GROUPS: tuple[RouteGroup, ...] = tuple(
    module.routes for module in (discovery, hooks, feedback, health, metrics, home, insights, description)
)
_ALLOWED_HEADERS = "Authorization, Content-Type"
_HEADERS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store"}
_CROSS_ORIGIN = r"/(?!insights).*"  # what clinicians did is for no other site's page to read
ROUTES = "magnesium-cds-routes"


def knowledge_of(site: Path | None, home: str = "") -> Knowledge:
    """The shipped knowledge with a site's changes, named by its address; SettingsError naming file and line."""
    text = _site_text(site)
    try:
        return load_knowledge(resources.files("cards.knowledge"), site=text, site_name=str(site or ""), home=home)
    except KnowledgeError as problem:
        raise SettingsError(f"{problem}{_site_hint(site)}") from problem


def _site_text(site: Path | None) -> str | None:
    try:
        return site.read_text(encoding="utf-8-sig") if site else None
    except (OSError, UnicodeDecodeError) as problem:
        raise SettingsError(f"{site}: not readable as UTF-8 text: {problem}{_site_hint(site)}") from None


def _site_hint(site: Path | None) -> str:
    return f" (correct the site file, or unset {PREFIX}SITE or the client's `site`)" if site else ""


def runtime_of(settings: Settings) -> Runtime:
    """The runtime of these settings."""
    knowledge = knowledge_of(settings.site, settings.base_url)
    clients = read_clients(settings.clients)
    counted = Metrics()
    return Runtime(
        settings,
        knowledge,
        tuple(prefetch_templates(knowledge)),
        clients,
        {
            client.iss: knowledge_of(client.site, settings.base_url)
            for client in clients.by_issuer.values()
            if client.site
        },
        SharedSeen(shared_tokens(settings), fell_back=counted.look_up_fell_back),
        fhir=Gateway(settings.fhir_deadline_ms / 1000, settings.fhir_timeout_ms / 1000),
        metrics=counted,
    )


def with_records(runtime: Runtime) -> Runtime:
    """The runtime, now keeping records and remembering what was answered; without memory when there is no place."""
    folder = state_folder(runtime.settings)
    try:
        memory = AdviceMemory(hash_key(runtime.settings, folder), AnsweredFile(folder / ANSWERED))
    except OSError as problem:
        record_trouble("state folder unusable: no records, no memory", folder=str(folder), problem=repr(problem))
        return runtime
    return replace(runtime, books=Spool(folder), memory=memory)


def create_app(runtime: Runtime, groups: Iterable[RouteGroup] = ()) -> Flask:
    """The WSGI application; `groups` are routes besides those of the service, as the demo has them."""
    app = Flask("cds_service.web", static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = runtime.settings.max_body_bytes
    app.before_request(hooks.start_clock)
    app.before_request(lambda: start_request(runtime.new_id()))
    app.after_request(hooks.auditor(runtime))
    app.after_request(_finish)
    _allow_browsers(app, runtime.settings)
    register_errors(app, runtime.settings, runtime.metrics.failed)
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


def _finish(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers["X-Request-Id"] = request_id()
    if request.method == "OPTIONS" and "Access-Control-Allow-Origin" in response.headers:
        # the extension names only what was asked for; clients check for both
        response.headers["Access-Control-Allow-Headers"] = _ALLOWED_HEADERS
    return response
