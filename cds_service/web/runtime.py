"""What a running service holds, and how its routes are declared."""

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Protocol

from flask import Response

from cards import Knowledge
from cds_service.call.fhir_access import Gateway
from cds_service.metrics.events import Metrics
from cds_service.records.memory import AdviceMemory
from cds_service.records.state import Status
from cds_service.records.state_disk import UNUSABLE, StateDisk
from cds_service.run.settings import Auth, Settings
from cds_service.trust.clients import Client, Clients
from cds_service.trust.used_tokens import MemorySeen, SeenTokens
from cds_service.web.afterwards import Afterwards

NOBODY = Clients({})


class Access(StrEnum):
    """Who may use a route."""

    PUBLIC = "anyone"
    CLIENT = "a trusted client with a token"
    METRICS = "the monitoring: with its token, else this machine itself"
    INSIGHTS = "who holds the insights token, or comes through the proxy that says so; nobody by default"


@dataclass(frozen=True, slots=True)
class Route:
    """One route: where, how, for whom, and the function that answers."""

    path: str
    method: str
    access: Access
    view: Callable[..., Response]


def utc_now() -> datetime:
    """The time of day."""
    return datetime.now(UTC)


def random_id() -> str:
    """A fresh id for a card or suggestion."""
    return str(uuid.uuid4())


class Books(Protocol):
    """Where records of answers and feedback go."""

    def append(self, record: dict[str, object]) -> bool:
        """Keep the record; whether it is safe."""

    def status(self) -> Status | None:
        """How shipping to the database fares; None when nobody could say."""

    def bytes_on_disk(self) -> int:
        """How much room the records take that are here."""


class NoBooks:
    """Of who wants no records; a service that is run wants them, wherever they must wait."""

    def append(self, record: dict[str, object]) -> bool:
        """Nothing is kept."""
        return True

    def status(self) -> Status | None:
        """Nothing is shipped."""
        return None

    def bytes_on_disk(self) -> int:
        """None."""
        return 0


@dataclass(frozen=True, slots=True)
class Runtime:
    """What was loaded once, clients and knowledge (that of clients with a site of their own by issuer); the clock."""

    settings: Settings
    knowledge: Knowledge
    keys: tuple[str, ...]
    clients: Clients = NOBODY
    site_knowledge: Mapping[str, Knowledge] = field(default_factory=dict)
    seen: SeenTokens = field(default_factory=MemorySeen)
    now: Callable[[], datetime] = utc_now
    new_id: Callable[[], str] = random_id
    fhir: Gateway = field(default_factory=Gateway)
    metrics: Metrics = field(default_factory=Metrics)
    books: Books = field(default_factory=NoBooks)
    memory: AdviceMemory | None = None
    disk: StateDisk | None = None
    candidates: Mapping[str, Knowledge] = field(default_factory=dict)
    after: Afterwards = field(default_factory=Afterwards)

    def places(self) -> list[tuple[str, str]]:
        """Each client with each of its FHIR servers; without tokens nobody tells clients apart."""
        if self.settings.auth is Auth.OFF:
            return [("", base) for base in sorted(self.clients.fhir_servers())]
        return [(iss, base) for iss, client in self.clients.by_issuer.items() for base in sorted(client.fhir_servers)]

    def candidate_for(self, client: Client | None) -> Knowledge | None:
        """What is tried beside the knowledge that decides for this client; that of the service has no issuer."""
        own = client.iss if client and client.iss in self.site_knowledge else ""
        return self.candidates.get(own)

    def knowledge_for(self, client: Client | None) -> Knowledge:
        """The knowledge that decides for this client: with its own site file, else with the service's."""
        return self.site_knowledge.get(client.iss, self.knowledge) if client else self.knowledge

    @property
    def trials_of_clients(self) -> str:
        """How many clients have a trial in a site file of their own, to stand behind other sentences; "" for none."""
        sites = (known.site for known in self.site_knowledge.values())
        n = sum(bool(site.trial.sentence or site.candidate.sentence) for site in sites)
        return f" On trial for {n} of the clients, by site files of their own." if n else ""

    def memory_for(self, caller: str, holder: str = "") -> AdviceMemory | None:
        """What is remembered of the answers of this caller; its cards are for the holder to answer."""
        return self.memory.of(caller, holder) if self.memory else None

    def state_problem(self) -> str:
        """What is wrong with the state folder or the key in it, "" for nothing; none is asked for without records."""
        has_key = self.memory is None or self.memory.is_settled
        problem = self.disk.problem if self.disk else ""
        return problem or ("" if has_key else UNUSABLE)

    def keep(self, record: dict[str, object]) -> bool:
        """Keep a record; whether it is safe. One that is lost is counted."""
        safe = self.books.append(record)
        if not safe:
            self.metrics.record_lost()
        return safe


RouteGroup = Callable[[Runtime], list[Route]]
