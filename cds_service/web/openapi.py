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
_JSON, _FHIR = "application/json", "application/fhir+json"


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


_REFUSALS, _CLOSED = (400, 401, 404, 413, 415, 429, 500), (400, 401, 403, 404, 500, 503)
_OPERATIONS = (
    _Operation("get", "/", "What this is, as a page", None, media="text/html"),
    _Operation("get", "/cds-services", "The services", Discovery),
    _Operation("post", SERVICE_PATH, "Cards for a patient", Cards, HookRequest, tuple(sorted((*_REFUSALS, 412)))),
    _Operation("post", f"{SERVICE_PATH}/feedback", "What became of cards", FeedbackReceipt, Feedback, _REFUSALS),
    _Operation("get", "/healthz", "Whether the service is alive", Status),
    _Operation("get", "/readyz", "Whether the service is ready", Status),
    _Operation("get", "/metrics", "Counts for Prometheus", None, None, (401, 403, 500), "text/plain", "monitoring"),
    _Operation("get", "/insights", "What became of the advice, a page", None, None, _CLOSED, "text/html", "insights"),
    _Operation("get", "/insights.json", "What became of the advice", None, None, _CLOSED, _JSON, "insights"),
    _Operation("get", "/insights.csv", "The same by day and rule", None, None, _CLOSED, "text/csv", "insights"),
    _Operation("get", "/openapi.json", "This document", None),
)


def document(base_url: str = "") -> Json:
    """The document; the address is that of the document itself when `base_url` is not known."""
    paths: dict[str, Json] = {}
    for operation in _OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _described(operation)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "magnesium-cds",
            "version": __version__,
            "description": "A CDS Hooks service for low magnesium.",
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
    responses = {"200": _response(HTTPStatus.OK, operation.media, operation.answer)}
    responses |= {str(code): _response(HTTPStatus(code), _FHIR, OperationOutcome) for code in operation.errors}
    found: Json = {"summary": operation.summary, "responses": responses}
    if operation.path.startswith(SERVICE_PATH):
        ids = {"type": "string", "enum": [service.id for service in SERVICES]}
        found["parameters"] = [{"name": "service_id", "in": "path", "required": True, "schema": ids}]
    if operation.body:
        found["requestBody"] = {"required": True, "content": {_JSON: {"schema": _ref(operation.body)}}}
    if security := "token" if operation.body else operation.security:
        found["security"] = [{security: []}]
    return found


def _response(status: HTTPStatus, media: str, model: type[BaseModel] | None) -> Json:
    return {"description": status.phrase, "content": {media: {"schema": _ref(model)} if model else {}}}


def _ref(model: type[BaseModel]) -> Json:
    return {"$ref": _REF.format(model=model.__name__)}
