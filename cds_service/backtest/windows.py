"""The prefetch templates applied to a patient's resources, as a client's FHIR server would answer them."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice

from cards import KINDS
from cds_service.backtest.asof import State
from cds_service.backtest.times import first_point
from cds_service.call.fhir_access.queries import request_of
from cds_service.errors import JsonDict
from cds_service.fhir_json import as_dict, as_list, as_text

CodeKey = tuple[str, str]
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Window:
    """One prefetch key: which resources its query finds and how many of the newest."""

    key: str
    kind: str
    codes: frozenset[CodeKey]
    statuses: frozenset[str]
    clinical: frozenset[str]
    most: int

    def has_code(self, resource: JsonDict) -> bool:
        """Whether the resource has one of the codes that are asked for."""
        return has_code(resource.get("code"), self.codes)

    def has_status(self, resource: JsonDict) -> bool:
        """Whether the resource has one of the statuses that are asked for."""
        if self.statuses and as_text(resource.get("status")) not in self.statuses:
            return False
        if not self.clinical:
            return True
        return any(code in self.clinical for _, code in code_keys(resource.get("clinicalStatus")))

    def newest_first(self, states: Iterable[State]) -> list[State]:
        """What the query may find of the states of a record, whenever it is asked, in the order in which it tells."""
        found = [s for s in states if (not self.codes or self.has_code(s.resource)) and self.has_status(s.resource)]
        return sorted(found, key=lambda s: (_sort_key(s.resource), str(s.resource.get("id"))), reverse=True)

    def bundle(self, found: Iterable[JsonDict], more: Callable[[Sequence[JsonDict]], Iterable[JsonDict]]) -> JsonDict:
        """The answer to the query: so many of what is found, with a link to the rest where there is one.

        Then what comes with these, as `more` tells.
        """
        shown = list(islice(found, self.most + 1)) if self.most else list(found)
        is_cut = bool(self.most) and len(shown) > self.most
        shown = shown[: self.most] if is_cut else shown
        answer: JsonDict = {
            "resourceType": "Bundle",
            "type": "searchset",
            "entry": [{"resource": resource} for resource in (*shown, *more(shown))],
        }
        if is_cut:
            answer["link"] = [{"relation": "next", "url": "next"}]
        return answer


def windows(templates: Mapping[str, str]) -> tuple[Window, ...]:
    """The windows of the prefetch templates that search; the one that reads the patient is none."""
    requests = ((key, request_of(template, "")) for key, template in templates.items())
    return tuple(_window(key, r.kind, dict(r.pairs)) for key, r in requests if r and r.pairs)


def _window(key: str, kind: str, query: Mapping[str, str]) -> Window:
    codes = frozenset((system, code) for system, _, code in (c.partition("|") for c in _listed(query, "code")))
    statuses, clinical = frozenset(_listed(query, "status")), frozenset(_listed(query, "clinical-status"))
    return Window(key, kind, codes, statuses, clinical, int(query.get("_count", "0")))


def _listed(query: Mapping[str, str], name: str) -> Sequence[str]:
    return query[name].split(",") if name in query else ()


def has_code(concepts: object, codes: Collection[CodeKey]) -> bool:
    """Whether a CodeableConcept, or one of a list of them, has one of the codes."""
    return first_code(concepts, codes) is not None


def first_code(concepts: object, codes: Collection[CodeKey]) -> CodeKey | None:
    """The first of the codes that a CodeableConcept, or one of a list, has. Asked of every result of an export."""
    for concept in as_list(concepts):
        for coding in as_list(as_dict(concept).get("coding")):
            told = as_dict(coding)
            system, code = told.get("system"), told.get("code")
            if isinstance(system, str) and isinstance(code, str) and (system, code) in codes:
                return system, code
    return None


def code_keys(concepts: object) -> Iterator[CodeKey]:
    """(system, code) of the codings of a CodeableConcept, or of a list of them."""
    for concept in as_list(concepts):
        for coding in as_list(as_dict(concept).get("coding")):
            told = as_dict(coding)
            if code := as_text(told.get("code")):
                yield as_text(told.get("system")) or "", code


def _sort_key(resource: JsonDict) -> datetime:
    kind = KINDS.get(str(resource.get("resourceType")))
    return (first_point(resource, *kind.dates) if kind else None) or _NEVER
