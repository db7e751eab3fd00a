"""The OpenAPI document of the service's routes, from models of what goes over the wire."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from cards import SERVICES
from cds_service import __version__
from cds_service.web.openapi_models import (
    Cards,
    Discovery,
    Feedback,
    FeedbackReceipt,
    HookRequest,
    OperationOutcome,
    Status,
)

Json = dict[str, object]
SERVICE_PATH = "/cds-services/{service_id}"
_REF = "#/components/schemas/{model}"
RULE_PATH = "/rules/{name}"
_JSON, _FHIR, _HTML = "application/json", "application/fhir+json", "text/html"


class _NoNulls(GenerateJsonSchema):
    """A member may be left out; null is never sent."""

    def nullable_schema(self, schema: core_schema.NullableSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        return self.generate_inner(schema["schema"])


@dataclass(frozen=True, slots=True)
class _Operation:
    method: str
    path: str
    summary: str
    answer: type[BaseModel] | None
    body: type[BaseModel] | None = None
    errors: tuple[int, ...] = (500,)
    media: str = _JSON
    security: str = ""
    pages: tuple[int, ...] = ()  # errors that a browser may get as a page


_REFUSALS, _CLOSED = (400, 401, 404, 413, 415, 429, 500), (400, 401, 403, 404, 500, 503)
_OPERATIONS = (
    _Operation("get", "/", "What this is, as a page", None, media=_HTML),
    _Operation("get", "/cds-services", "The services", Discovery),
    _Operation("post", SERVICE_PATH, "Cards for a patient", Cards, HookRequest, tuple(sorted((*_REFUSALS, 412)))),
    _Operation("post", f"{SERVICE_PATH}/feedback", "What became of cards", FeedbackReceipt, Feedback, _REFUSALS),
    _Operation("get", "/healthz", "Whether the service is alive", Status),
    _Operation("get", "/readyz", "Whether the service is ready", Status),
    _Operation("get", "/rules", "The rules, as a page", None, media=_HTML),
    _Operation("get", RULE_PATH, "What stands behind a card, as a page", None, None, (404, 500), _HTML, pages=(404,)),
    _Operation("get", "/metrics", "Counts for Prometheus", None, None, (401, 403, 500), "text/plain", "monitoring"),
    _Operation("get", "/insights", "What became of the advice, a page", None, None, _CLOSED, _HTML, "insights", (503,)),
    _Operation("get", "/insights/rule", "One rule, a page", None, None, _CLOSED, _HTML, "insights", (503,)),
    _Operation("get", "/insights.json", "What became of the advice", None, None, _CLOSED, _JSON, "insights"),
    _Operation("get", "/insights.csv", "The same by day and rule", None, None, _CLOSED, "text/csv", "insights"),
    _Operation("get", "/openapi.json", "This document", None),
    _Operation("get", "/api", "The same, as a page", None, media=_HTML),
    _Operation("get", "/safety", "Intended use, hazards and their controls, as a page", None, media=_HTML),
)


def document(base_url: str = "", approval: str = "") -> Json:
    """The document; the address is that of the document itself when `base_url` is not known.

    `approval`: who signed the clinical content, and what is draft, in a sentence.
    """
    paths: dict[str, Json] = {}
    for operation in _OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _described(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "magnesium-cds",
            "version": __version__,
            "description": f"A CDS Hooks service for low magnesium. {approval}".strip(),
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": base_url.rstrip("/") or "/"}],
        "paths": paths,
        "components": {
            "schemas": _schemas(),
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
                "monitoring": {"type": "http", "scheme": "bearer"},
                "insights": {"type": "http", "scheme": "basic"},
            },
        },
    }


def _schemas() -> Mapping[str, object]:
    models: list[type[BaseModel]] = [OperationOutcome]
    models += (model for operation in _OPERATIONS for model in (operation.answer, operation.body) if model)
    _, found = models_json_schema([(m, "validation") for m in models], ref_template=_REF, schema_generator=_NoNulls)
    return dict(found["$defs"])


def _described(operation: _Operation) -> Json:
    responses = {"200": _response(operation.media, operation.answer)}
    responses |= {str(code): _refusal(code, code in operation.pages) for code in operation.errors}
    found: Json = {"summary": operation.summary, "responses": responses}
    if operation.path.startswith(SERVICE_PATH):
        found["parameters"] = [_in_path("service_id", {"enum": [service.id for service in SERVICES]})]
    if operation.path == RULE_PATH:
        found["parameters"] = [_in_path("name", {})]
    if operation.body:
        found["requestBody"] = {"required": True, "content": {_JSON: {"schema": _ref(operation.body)}}}
    if security := "token" if operation.body else operation.security:
        found["security"] = [{security: []}]
    return found


def _in_path(name: str, schema: Json) -> Json:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string", **schema}}


def _refusal(code: int, may_be_page: bool) -> Json:
    status = HTTPStatus(code)
    content = {_FHIR: {"schema": _ref(OperationOutcome)}, **({_HTML: {}} if may_be_page else {})}
    return {"description": status.phrase, "content": content}


def _response(media: str, model: type[BaseModel] | None) -> Json:
    return {"description": HTTPStatus.OK.phrase, "content": {media: {"schema": _ref(model)} if model else {}}}


def _ref(model: type[BaseModel]) -> Json:
    return {"$ref": _REF.format(model=model.__name__)}
