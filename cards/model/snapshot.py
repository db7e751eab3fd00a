"""What is handed in about a patient."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum

from cards.model.aside import SetAside
from cards.model.clinical import JsonObject

Watch = Callable[[Sequence[JsonObject]], Sequence[JsonObject]]


class About(Enum):
    """What a service is about: a patient whose chart is opened or who goes home, orders drafted or renewed."""

    PATIENT = "patient"
    ORDERS = "orders"
    DISCHARGE = "discharge"
    REFILL = "refill"


class Stopped(Exception):
    """The time for reading is over: no decision, and no fault of a rule."""


def unwatched(resources: Sequence[JsonObject]) -> Sequence[JsonObject]:
    """The resources as they are."""
    return resources


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that is handed to the core about one patient at one moment, as parsed FHIR JSON.

    `resources` holds the answer per prefetch key, of keys that are none of ours too; `missing` names keys nobody could
    supply, `failed` those of them whose query failed, `partial` keys of which only a first page came, `strays` keys
    with only a stray of another patient. Any other key is known to be empty. `foreign`: of each key how many entries
    name another patient and were dropped, `foreign_drafts` the same of the drafts. `patient_unknown`: nobody knows this
    patient. `draft_urls`: the fullUrl of each draft; `by_urn`: what entries named by a urn hold; `unreadable`: how many
    entries were no resources. `watch` bounds the time for reading what it is put around. `has_user`: whether somebody
    is there who could accept a suggestion; `user`: who, to know again whom a card was shown to. `client`: the name
    of the client that calls.
    """

    hook: str
    patient_id: str
    resources: Mapping[str, Sequence[JsonObject]]
    missing: frozenset[str] = frozenset()
    partial: frozenset[str] = frozenset()
    drafts: Sequence[JsonObject] = ()
    selections: frozenset[str] | None = None
    encounter_id: str | None = None
    set_aside: tuple[SetAside, ...] = ()
    strays: frozenset[str] = frozenset()
    foreign: Mapping[str, int] = field(default_factory=dict)
    foreign_drafts: int = 0
    failed: frozenset[str] = frozenset()
    draft_urls: Sequence[str] = ()
    by_urn: Mapping[str, JsonObject] = field(default_factory=dict)
    unreadable: int = 0
    about: About = About.PATIENT
    patient_unknown: bool = False
    watch: Watch = unwatched
    has_user: bool = True
    user: str = field(default="", repr=False)
    client: str = ""
