"""The OpenAPI document of the service's routes, from models of what goes over the wire."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue, models_json_schema
from pydantic_core import core_schema

from cards import SERVICES
from cds_service import __version__

Json = dict[str, object]
SERVICE_PATH = "/cds-services/{service_id}"
_REF = "#/components/schemas/{model}"
_JSON, _FHIR = "application/json", "application/fhir+json"
_Uuid = Annotated[str, Field(json_schema_extra={"format": "uuid"})]
_Url = Annotated[str, Field(json_schema_extra={"format": "uri"})]


class _Sent(BaseModel):
    """What the service sends: these members and no others, never null."""

    model_config: ClassVar[ConfigDict] = ConfigDict(alias_generator=to_camel, extra="forbid")


class _Received(BaseModel):
    """What the service reads: other members are ignored."""

    model_config: ClassVar[ConfigDict] = ConfigDict(alias_generator=to_camel, extra="allow")


class Indicator(StrEnum):
    """How urgent a card is."""

    INFO = "info"
    WARNING = "warning"
    CRITICAL = "critical"


class Coding(_Sent):
    """A code."""

    system: str
    code: str
    display: str | None = None


class Resource(_Received):
    """A FHIR R4 resource."""

    resource_type: str


class Source(_Sent):
    """Where the advice comes from."""

    label: str
    url: _Url | None = None
    icon: _Url | None = None
    topic: Coding | None = None


class Action(_Sent):
    """What a suggestion would do: `resource` to create or update, `resourceId` to delete."""

    type: Literal["create", "update", "delete"]
    description: str
    resource: Resource | None = None
    resource_id: str | None = None


class Suggestion(_Sent):
    """Something the user may accept."""

    label: str
    uuid: _Uuid
    is_recommended: bool | None = None
    actions: list[Action] | None = None


class Link(_Sent):
    """Where to read more."""

    label: str
    url: _Url
    type: Literal["absolute", "smart"]
    app_context: str | None = None


class Card(_Sent):
    """A card; `detail` is GitHub Flavored Markdown without HTML."""

    uuid: _Uuid
    summary: Annotated[str, Field(min_length=1, max_length=139)]
    indicator: Indicator
    source: Source
    detail: str | None = None
    suggestions: list[Suggestion] | None = None
    selection_behavior: Literal["at-most-one", "any"] | None = None
    override_reasons: list[Coding] | None = None
    links: list[Link] | None = None


class Cards(_Sent):
    """The answer to a hook call; an empty list when there is nothing to say."""

    cards: list[Card]


class Context(_Received):
    """The context of the hook: `draftOrders` for orders, `selections` for order-select."""

    patient_id: str
    user_id: str
    encounter_id: str | None = None
    draft_orders: Resource | None = None
    selections: list[str] | None = None


class FhirAuthorization(_Received):
    """Access to the client's FHIR server."""

    access_token: Annotated[str, Field(alias="access_token")]
    token_type: Annotated[Literal["Bearer"], Field(alias="token_type")]
    expires_in: Annotated[int, Field(alias="expires_in")]
    scope: str
    subject: str


class HookRequest(_Received):
    """A CDS Hooks request; `prefetch` as the templates of the discovery document ask for it."""

    hook: str
    hook_instance: _Uuid
    context: Context
    prefetch: dict[str, object] | None = None
    fhir_server: _Url | None = None
    fhir_authorization: FhirAuthorization | None = None


class FeedbackEntry(_Received):
    """What became of one card."""

    card: _Uuid
    outcome: Literal["accepted", "overridden"]
    outcome_timestamp: str
    accepted_suggestions: list[dict[str, object]] | None = None
    override_reason: dict[str, object] | None = None


class Feedback(_Received):
    """What became of cards."""

    feedback: Annotated[list[FeedbackEntry], Field(max_length=1000)]


class FeedbackReceipt(_Sent):
    """How many entries were kept."""

    received: int


class Service(_Sent):
    """One service as the discovery document lists it."""

    id: str
    hook: str
    title: str
    description: str
    version: str
    hook_version: str
    usage_requirements: str
    prefetch: dict[str, str]


class Discovery(_Sent):
    """The discovery document."""

    services: list[Service]


class Status(_Sent):
    """Alive or ready, with which knowledge, and whether records reach the database."""

    status: Literal["alive", "ready"]
    knowledge: str | None = None
    store: Literal["reachable", "unreachable, records wait", "not known"] | None = None


class Issue(_Sent):
    """What was wrong and what to do."""

    severity: Literal["error"]
    code: str
    diagnostics: str


class OperationOutcome(_Sent):
    """Every error: a FHIR OperationOutcome without any part of the request."""

    resource_type: Literal["OperationOutcome"]
    issue: list[Issue]


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
