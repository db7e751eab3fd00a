"""What goes over the wire, as models: for the OpenAPI document, not for reading requests."""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

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
    """The context of the hook: `draftOrders` for orders, `selections` for order-select, `medications` for renewals.

    `encounterId` is required when a patient goes home.
    """

    patient_id: str
    user_id: str | None = None
    encounter_id: str | None = None
    draft_orders: Resource | None = None
    selections: list[str] | None = None
    medications: Resource | None = None


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
    hook_version: str | None = None
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
