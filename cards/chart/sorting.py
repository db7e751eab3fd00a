"""One look at each resource: by its type to its reader, whatever key brought it; what nobody understands is counted.

Three outcomes: read; not for us (understood, and irrelevant); not understood. Only the last is kept here: what is not
understood is never taken for "all clear".
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from cards.chart.fhir import child, codings, said_by, text
from cards.chart.inputs import BY_KEY, Input
from cards.model import ORDER_TYPES, JsonObject, Snapshot
from cards.terms.systems import ICD10, LOINC, RXNORM, system_of
from cards.terms.terminology import CodeKey, Terminology

PATIENT, ENCOUNTER, OBSERVATION, CONDITION = "Patient", "Encounter", "Observation", "Condition"
ALLERGY = "AllergyIntolerance"
MEDICATION, ADMINISTRATION, REPORT = "Medication", "MedicationAdministration", "DiagnosticReport"
PROCEDURE, DEVICE, NUTRITION_ORDER = "Procedure", "Device", "NutritionOrder"
# orders, and what is told or handed over in their place
ORDERED = (*sorted(ORDER_TYPES), "MedicationStatement", "MedicationDispense")
_Places = Mapping[str, set[int]]
# Systems of which our tables have whole families: a code that is in none of them is known to be of something else.
# Of SNOMED CT, ICD-9 and ICPC-2 they have single codes: another one may mean the same.
_KNOWN_SYSTEMS = frozenset({LOINC, RXNORM, ICD10})


class Why(StrEnum):
    """What of a resource nobody understands."""

    CODE = "code"
    UNIT = "unit"
    VALUE = "value"
    DATE = "date"
    CLASS = "class"
    SHAPE = "shape"
    REFERENCE = "reference"


class What(StrEnum):
    """What is not understood, in the words of a clinician."""

    RESULT = "result"
    MEDICINE = "medicine"
    PROBLEM = "problem"
    CARE = "procedure, diet or device"
    ALLERGY = "allergy"
    STAY = "stay"
    DRAFT = "drafted order"
    SELECTION = "selected order"
    ENTRY = "entry"
    MAGNESIUM = "magnesium result"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of what is not understood."""

    what: What
    why: Why


@dataclass(frozen=True, slots=True)
class Unread:
    """One entry that is not understood, and what it was told by: (system, code); of a unit (analyte, unit)."""

    kind: Kind
    codes: tuple[CodeKey, ...] = ()


NotUnderstood = Mapping[Kind, int]


class Sorted:
    """What a client sent of one patient, by type, whatever key brought it."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._by_type: dict[str, Sequence[JsonObject]] | None = None

    def of(self, *types: str) -> Sequence[JsonObject]:
        """The resources of some types, in the order in which they came."""
        if self._by_type is None:
            self._by_type = self._sort()
        if len(types) == 1:
            return self._by_type.get(types[0], ())
        listed = [self._by_type[kind] for kind in types if kind in self._by_type]
        return listed[0] if len(listed) == 1 else [resource for part in listed for resource in part]

    def _sort(self) -> dict[str, Sequence[JsonObject]]:
        found: dict[str, list[JsonObject]] = {}
        for key in (*BY_KEY, *(key for key in self._snapshot.resources if key not in BY_KEY)):
            for resource in self._snapshot.resources.get(key, ()):
                kind = resource.get("resourceType")
                found.setdefault(kind if isinstance(kind, str) else "", []).append(resource)
        return {kind: self._snapshot.watch(listed) for kind, listed in found.items()}

    def brought(self, asked: Input, terminology: Terminology) -> bool:
        """Whether a key that is none of ours brought something that an input asks for."""
        others = (key for key in self._snapshot.resources if key not in BY_KEY)
        return any(self.answers(key, asked, terminology) for key in others)

    def answers(self, key: str, asked: Input, terminology: Terminology) -> bool:
        """Whether a key brought something that an input asks for."""
        return any(_answers(resource, asked, terminology) for resource in self._snapshot.resources.get(key, ()))


def _answers(resource: JsonObject, asked: Input, terminology: Terminology) -> bool:
    if text(resource, "resourceType") != asked.kind.name:
        return False
    if asked.kind.name == OBSERVATION:
        return terminology.asked.get(terminology.analyte_of(codings(child(resource, "code"))) or "") == asked.key
    return asked.has_status(resource) and text(resource, "status") not in asked.over


def unknown_code(concept: JsonObject, terminology: Terminology) -> Why | None:
    """Why nobody can say what a concept is: no words, and no code or one of unknown systems; None when one can.

    Words that can be read and match nothing name another thing, and so does a code of a known system.
    """
    codes, words = said_by(concept)
    if words.strip():
        return None
    systems = [system_of(system) for system, _ in codes]
    if not systems:
        return Why.SHAPE
    if terminology.is_other(codes):
        return None
    if any(terminology.is_heading(coding) for coding in codes):
        return Why.CODE
    return Why.CODE if _KNOWN_SYSTEMS.isdisjoint(systems) else None


def unread_results(
    unknown: Iterable[JsonObject], terminology: Terminology, is_unsettled: Callable[[JsonObject], bool]
) -> Iterator[Unread]:
    """Of the results of no analyte that we know, those of which nobody can say what they measure."""
    for resource in unknown:
        concept = child(resource, "code")
        why = unknown_code(concept, terminology)
        if why or (is_unsettled(resource) and not terminology.is_other(codings(concept))):
            yield Unread(Kind(What.RESULT, why or Why.CODE), codings(concept))


def unread_problems(conditions: Iterable[JsonObject], terminology: Terminology) -> Iterator[Unread]:
    """The problems that nobody can name."""
    for resource in conditions:
        concept = child(resource, "code")
        why = unknown_code(concept, terminology)
        if why and not terminology.categories_of(codings(concept), ""):
            yield Unread(Kind(What.PROBLEM, why), codings(concept))


# -- selections -------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Chosen:
    """Which drafts are chosen, by their place, and how many selections match no draft."""

    places: frozenset[int]
    unmatched: int = 0


def chosen_drafts(snapshot: Snapshot) -> Chosen:
    """The drafts that the selections name; all of them when nothing is selected or no selection matches a draft.

    A selection names a draft by `Type/id`, id, version, URL or the fullUrl of its entry, whatever the id looks like.
    """
    everything = frozenset(range(len(snapshot.drafts)))
    if not snapshot.selections:
        return Chosen(everything)
    urls = snapshot.draft_urls or ("",) * len(snapshot.drafts)
    by_name, by_id = _places([_names_of(draft, url) for draft, url in zip(snapshot.drafts, urls, strict=True)])
    matches = [_matching(selection, by_name, by_id) for selection in snapshot.selections]
    found = frozenset[int]().union(*matches)
    return Chosen(found or everything, sum(not match for match in matches))


def _names_of(draft: JsonObject, url: str) -> tuple[frozenset[str], str]:
    """The full names of a draft, and its bare id."""
    ident = text(draft, "id")
    own = {f"{text(draft, 'resourceType')}/{ident}"} if ident else set()
    return frozenset({*own, *({url, _tail(url, 2)} if url else ())}), ident or _tail(url, 1)


def _places(names: Iterable[tuple[frozenset[str], str]]) -> tuple[_Places, _Places]:
    """The places of the drafts by their full names, and by their bare ids."""
    by_name, by_id = defaultdict[str, set[int]](set), defaultdict[str, set[int]](set)
    for place, (every, ident) in enumerate(names):
        for name in every:
            by_name[name].add(place)
        if ident:
            by_id[ident].add(place)
    return by_name, by_id


def _matching(selection: str, by_name: _Places, by_id: _Places) -> set[int]:
    """The drafts that a selection names: in full, else by their last part."""
    whole = selection.strip()
    told = whole.partition("/_history/")[0].rstrip("/")
    full = (by_name.get(name, set()) for name in (whole, told, _tail(told, 2)))
    bare = (by_id.get(name, set()) for name in (whole, _tail(told, 1)))
    return set[int]().union(*full) or set[int]().union(*bare)


def _tail(told: str, parts: int) -> str:
    """The last parts of a reference; of a urn its value."""
    if told.startswith("urn:"):
        return told.rpartition(":")[2]
    return "/".join(told.partition("/_history/")[0].split("/")[-parts:])


def counted(unread: Iterable[Unread]) -> NotUnderstood:
    """How many of each kind."""
    return Counter(entry.kind for entry in unread)
