"""What is handed in about a patient."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from cards.model.clinical import JsonObject, SetAside


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that is handed to the core about one patient at one moment, as parsed FHIR JSON.

    `resources` holds the answer per prefetch key; `missing` names keys nobody could supply, `partial` keys of which
    only a first page came, `strays` keys with only a stray of another patient. Any other key is known to be empty.
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
