"""Reads one prefetch value, the drafts, or a page of a FHIR server: which resources of the patient it holds."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeGuard

from cards import SetAside
from cds_service.call.remarks import Says, only_informs, said_by
from cds_service.errors import JsonDict
from cds_service.fhir_json import as_dict, as_list, entries, is_about, next_links, resource_type, total_of

_Types = tuple[str | None, ...]
_UNREADABLE = "neither a resource nor a Bundle"
_FOREIGN = "not about the patient in context"
_NOT_A_RESOURCE = "not a resource"
FAILED = "the client could not get it"
FIRST_PAGE = "not all of it was supplied"
WITHHELD = "the server does not give all of it to this client"
_BATCHES = ("batch-response", "transaction-response")
# what a client may put where it found nothing: some make up a Bundle of their own, or one without a type
_LISTS = ("searchset", "collection", None)
# the types that are asked for by subject
_OF_SUBJECTS = frozenset({"Observation", "MedicationRequest", "MedicationStatement", "MedicationAdministration"}) | {
    *("Condition", "Encounter", "ServiceRequest", "DiagnosticReport", "Procedure")
}
_DEEPEST = 3  # Bundles in Bundles
_BESIDE = ("include", "outcome")  # what stands in a searchset besides what was found, by mode and by type
_NEVER_FOUND = ("OperationOutcome", "Medication")


@dataclass(slots=True)
class Supplied:
    """What one prefetch key, or the drafts, brought.

    `missing`: not known; `failed`: because a query failed. `foreign` counts resources of other patients that were
    dropped, `unreadable` entries that were none. `by_urn`: what entries named by a urn hold. `counts`: of each Bundle
    how many it held of what was searched, and how many it says were found. `withheld`: this client never gets all.
    """

    resources: list[JsonDict] = field(default_factory=list)
    missing: bool = False
    partial: bool = False
    set_aside: list[SetAside] = field(default_factory=list)
    foreign: int = 0
    only_foreign: bool = False
    failed: bool = False
    unreadable: int = 0
    by_urn: dict[str, JsonDict] = field(default_factory=dict)
    counts: list[tuple[int, float]] = field(default_factory=list, compare=False)
    withheld: bool = False

    def refuse(self, what: str, why: str) -> None:
        """Not known, for a reason."""
        self.missing = self.failed = True
        self.set_aside.append(SetAside(what, why))

    def cut(self, what: str) -> None:
        """Not all of it came."""
        if not self.partial:
            self.partial = True
            self.set_aside.append(SetAside(what, FIRST_PAGE))
        if not self.resources:
            self.missing = self.failed = True

    def settle(self, what: str) -> None:
        """Not known, when all that came was unusable or when what came was not all and nothing of it was usable."""
        if not self.resources and not self.missing:
            unread = any(item.why == _NOT_A_RESOURCE for item in self.set_aside)
            self.only_foreign = bool(self.foreign) and not (unread or self.partial)
            self.failed = unread or self.partial or self.only_foreign
            self.missing = self.failed or self.withheld
        if self.withheld:
            self.set_aside.append(SetAside(what, WITHHELD))
        if self.partial:
            self.set_aside.append(SetAside(what, FIRST_PAGE))


def bundle_of(value: object) -> JsonDict:
    """The Bundle in a prefetch value, else an empty object."""
    found = as_dict(_unwrapped(value))
    return found if resource_type(found) == "Bundle" else {}


def _is_urn(url: object) -> TypeGuard[str]:
    return isinstance(url, str) and url.startswith("urn:")


def read_value(value: object, what: str, patient_id: str) -> Supplied:
    """The resources in a prefetch value or in the drafts; null is known to be none."""
    answer = Supplied()
    value = _unwrapped(value)
    kind = resource_type(value)
    if kind == "Bundle":
        _read_bundle(as_dict(value), what, patient_id, answer)
    elif kind == "OperationOutcome":
        _read_alone(as_dict(value), what, answer)
    elif isinstance(value, list) or kind:
        _collect(as_list(value), what, patient_id, answer)
    elif value is not None:
        answer.refuse(what, _UNREADABLE)
    answer.settle(what)
    return answer


def read_page(page: JsonDict, what: str, patient_id: str, answer: Supplied) -> None:
    """Adds what a page of a server's answer holds."""
    if resource_type(page) == "Bundle":
        _read_entries(page, what, patient_id, answer, lists=("searchset",))
    else:
        _collect([page], what, patient_id, answer)


def _read_alone(outcome: JsonDict, what: str, answer: Supplied) -> None:
    """An outcome in place of the answer: a remark only when it does no more than inform."""
    if not only_informs(outcome):
        answer.refuse(what, FAILED)


def _unwrapped(value: object) -> object:
    """The value without the response wrapper of early clients, or the list of one around it."""
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
        value = value[0]
    if not isinstance(value, dict) or "resourceType" in value:
        return value
    if "resource" in value:
        if _entry_failed(value):
            return {"resourceType": "Bundle", "type": _BATCHES[0], "entry": [value]}
        return value["resource"] if value["resource"] is not None or _succeeded(value) else value
    return {**value, "resourceType": "Bundle"} if isinstance(value.get("entry"), list) else value


def _succeeded(wrapper: JsonDict) -> bool:
    """Whether a wrapped answer without a resource says that the query worked."""
    return str(as_dict(wrapper.get("response")).get("status", "")).startswith("2")


def _collect(values: Iterable[object], what: str, patient_id: str, answer: Supplied, depth: int = 0) -> None:
    patient = f"Patient/{patient_id}"
    for value in values:
        resource = as_dict(value)
        if _says_it_is_about(resource, patient):
            answer.resources.append(resource)
            continue
        kind = resource_type(value)
        if kind is None:
            answer.unreadable += 1
            answer.set_aside.append(SetAside(f"an entry of {what}", _NOT_A_RESOURCE))
        elif kind == "OperationOutcome":
            _read_outcome(resource, what, answer)
        elif kind == "Bundle":
            _read_bundle(resource, what, patient_id, answer, depth)
        elif not is_about(resource, patient_id):
            answer.foreign += 1
            answer.set_aside.append(SetAside(f"{_type_name(kind)} of another patient", _FOREIGN))
        else:
            answer.resources.append(resource)


def _says_it_is_about(resource: JsonDict, patient: str) -> bool:
    """Whether it is of a type that has a subject and its subject is the patient, in the usual words: most are."""
    subject, kind = resource.get("subject"), resource.get("resourceType")
    plain = isinstance(subject, dict) and subject.get("reference") == patient
    return plain and isinstance(kind, str) and kind in _OF_SUBJECTS


def _read_bundle(bundle: JsonDict, what: str, patient_id: str, answer: Supplied, depth: int = 0) -> None:
    """A Bundle in place of a list, or in an entry of one that answers a batch; each says whether it is all."""
    if depth > _DEEPEST:
        answer.refuse(what, _UNREADABLE)
        return
    answer.partial |= bool(next_links(bundle))
    total, before = total_of(bundle), len(answer.resources) + answer.foreign
    answer.counts.append((sum(map(_is_found, as_list(bundle.get("entry")))), total))
    _read_entries(bundle, what, patient_id, answer, depth + 1)
    if total and len(answer.resources) + answer.foreign == before:
        answer.refuse(what, FAILED)


def _read_entries(
    bundle: JsonDict, what: str, patient_id: str, answer: Supplied, depth: int = 0, lists: _Types = _LISTS
) -> None:
    """What a Bundle holds; one that holds nothing of use is no answer, unless it is a list that may be empty."""
    listed, before = as_list(bundle.get("entry")), len(answer.resources)
    _note_urns(listed, answer)
    _collect(entries(bundle), what, patient_id, answer, depth)
    kind, came = bundle.get("type"), len(answer.resources) > before
    if (kind in _BATCHES or not came) and _is_no_answer(kind, listed, lists):
        answer.refuse(what, FAILED)


def _is_found(entry: object) -> bool:
    """Whether an entry is of what was searched, which alone the total counts."""
    told = as_dict(entry)
    beside = as_dict(told.get("search")).get("mode") in _BESIDE
    return not beside and resource_type(told.get("resource", entry)) not in _NEVER_FOUND


def _note_urns(listed: Iterable[object], answer: Supplied) -> None:
    """What references by urn may name: they resolve to the fullUrl of an entry alone (FHIR R4, Bundle)."""
    for entry in listed:
        url = entry.get("fullUrl") if isinstance(entry, dict) else None
        if _is_urn(url):
            answer.by_urn[url] = as_dict(as_dict(entry).get("resource"))


def _is_no_answer(kind: object, listed: list[object], lists: _Types) -> bool:
    """Whether a Bundle of a type with these entries answers no query, or tells of one that failed."""
    is_batch = kind in _BATCHES
    return not (listed if is_batch else kind in lists) or any(_entry_failed(as_dict(e), is_batch) for e in listed)


def _entry_failed(entry: JsonDict, in_batch: bool = False) -> bool:
    """Whether an entry says that its query failed; in a batch, one with a response has to say that it worked."""
    response = as_dict(entry.get("response"))
    told = response.get("outcome") is not None and said_by(as_dict(response["outcome"])) >= Says.NOT_ALL
    says = response.get("status") is not None
    return told or ((says or (in_batch and "response" in entry)) and not _succeeded(entry))


def _read_outcome(outcome: JsonDict, what: str, answer: Supplied) -> None:
    """An outcome is a failure, unless all it holds is remarks about a search that worked: of all there is, or not."""
    says = said_by(outcome)
    answer.partial |= says is Says.NOT_ALL
    answer.withheld |= says is Says.NOT_OFFERED
    if says is Says.FAILED:
        answer.refuse(what, FAILED)


def _type_name(kind: str) -> str:
    """The type of a resource; free text in its place is not repeated."""
    return kind if kind.isascii() and kind.isalpha() and len(kind) <= 40 else "resource"
