"""What is known of the request that is being answered, as far as it was found out."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import g, request

from cards import Decision
from cds_service.answer_call import Answer
from cds_service.fhir_json import is_uuid
from cds_service.trust.clients import Client


@dataclass(slots=True)
class ThisRequest:
    """One request: its id and when it began, in seconds of a clock that only tells distances; who sent it; its answer.

    Of the `fhir_servers` that may be asked for it the `open_servers` are read without a token. `client` is None when
    nobody is asked who they are. `trial_status`: how it would have been answered but for a trial of the whole service.
    """

    ident: str
    started: float
    client: Client | None = None
    tenant: str = ""
    fhir_servers: frozenset[str] = frozenset()
    open_servers: frozenset[str] = frozenset()
    body_bytes: int = 0
    called_as: str = ""
    now: datetime | None = None
    answer: Answer | None = None
    decision: Decision | None = None
    trial_status: int | None = None

    @property
    def who(self) -> Mapping[str, str]:
        """The client of this call for the records; empty when it is not known."""
        named = {"client": self.client.name} if self.client else {}
        return {**named, "tenant": self.tenant} if self.tenant else named

    @property
    def caller(self) -> str:
        """What tells callers apart: the issuer of the token and its tenant; nobody is told apart without tokens."""
        return f"{self.client.iss}\0{self.tenant}" if self.client else ""

    def holder_of_cards(self, service_id: str) -> str:
        """Who may answer the cards of this service that this call gets: its client, at any tenant."""
        return f"{self.client.iss if self.client else ''}\0{service_id}"


def begin(new_id: str) -> None:
    """Begin the answer to a request: its id is the client's X-Request-Id when that is a UUID, else `new_id`."""
    given = request.headers.get("X-Request-Id")
    g.this = ThisRequest(given if given and is_uuid(given) else new_id, time.perf_counter())


def this_request() -> ThisRequest:
    """The request that this thread answers."""
    found: ThisRequest | None = g.get("this")
    if found is None:  # it failed before it began
        found = g.this = ThisRequest("none", time.perf_counter())
    return found


def request_id() -> str:
    """The id of this request."""
    return this_request().ident
