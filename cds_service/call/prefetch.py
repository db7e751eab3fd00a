"""Reads what a client supplied, or a FHIR server answered: what is known, known to be none, not known."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from cards import BY_KEY, Input, SetAside
from cds_service.call.envelope import HookCall
from cds_service.errors import JsonDict
from cds_service.fhir_json import as_dict, as_list, as_text, entries, has_next_page, is_about, patient_of, resource_type

_UNREADABLE = "neither a resource nor a Bundle"
_FOREIGN = "not about the patient in context"
_NOT_A_RESOURCE = "not a resource"
_FAILED = "the client could not get it"
_OTHER = "holds resources of other types only"
_FIRST_PAGE = "not all of it was supplied"
# severities of what a server remarks beside the results of a search
_REMARKS = frozenset({"information", "warning", "success"})
_BATCHES = frozenset({"batch-response", "transaction-response"})
# the types that are asked for by subject
_OF_SUBJECTS = frozenset({"Observation", "MedicationRequest", "MedicationStatement", "MedicationAdministration"}) | {
    *("Condition", "Encounter", "ServiceRequest", "DiagnosticReport", "Procedure")
}
_DEEPEST = 3  # Bundles in Bundles
_MOST_STRAYS = 2  # (design) more of other patients alone is the answer to a wrong query


@dataclass(slots=True)
class Supplied:
    """What one prefetch key, or the drafts, brought.

    `missing`: not known; `failed`: because a query failed. `foreign` counts resources of other patients that were
    dropped, `unreadable` entries that were no resources. `by_urn`: what entries named by a urn hold.
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

    def refuse(self, what: str, why: str) -> None:
        """Not known, for a reason."""
        self.missing = self.failed = True
        self.set_aside.append(SetAside(what, why))

    def cut(self, what: str) -> None:
        """Not all of it came."""
        if not self.partial:
            self.partial = True
            self.set_aside.append(SetAside(what, _FIRST_PAGE))
        if not self.resources:
            self.missing = self.failed = True

    def settle(self, what: str) -> None:
        """Not known, when all that came was unusable or when what came was not all and nothing of it was usable."""
        if not self.resources and not self.missing:
            unread = any(item.why == _NOT_A_RESOURCE for item in self.set_aside)
            self.only_foreign = bool(self.foreign) and not (unread or self.partial)
            self.missing = unread or self.partial or self.only_foreign
            self.failed = self.missing
        if self.partial:
            self.set_aside.append(SetAside(what, _FIRST_PAGE))


def supplied(asked: Input, call: HookCall, null_is_failed: bool = False) -> Supplied:
    """What the client supplied for an input. No Patient is no answer; nor is null, from a client that says so."""
    keys = (asked.key,) if asked.key in call.prefetch else asked.formerly
    parts = [_under(key, asked, call, null_is_failed) for key in keys if key in call.prefetch]
    found = _joined(parts, whole=len(parts) == len(keys))
    for key, count in asked.apart.items():
        if key in call.prefetch:
            found = _with_rest(found, _under(key, replace(asked, count=count), call, null_is_failed), count)
    return found


def _with_rest(found: Supplied, rest: Supplied, count: int) -> Supplied:
    """A list with a part that came under a key of its own: without that part, or so many of it, it is not all."""
    whole = _joined([found, rest], whole=True)
    lacks = rest.missing or (rest.partial and len(rest.resources) < count)
    return replace(whole, missing=found.missing, failed=found.failed, partial=found.partial or lacks)


def _joined(parts: Sequence[Supplied], whole: bool) -> Supplied:
    """What several keys brought of one input, each once: not known when one of them is not, or did not come."""
    if whole and len(parts) == 1:
        return parts[0]
    return Supplied(
        [resource for part in parts for resource in part.resources],
        missing=not whole or not parts or any(part.missing for part in parts),
        partial=any(part.partial for part in parts),
        set_aside=[item for part in parts for item in part.set_aside],
        foreign=sum(part.foreign for part in parts),
        only_foreign=any(p.only_foreign for p in parts) and all(p.only_foreign or not p.missing for p in parts),
        failed=any(part.failed for part in parts),
        unreadable=sum(part.unreadable for part in parts),
        by_urn={urn: resource for part in parts for urn, resource in part.by_urn.items()},
    )


def _under(key: str, asked: Input, call: HookCall, null_is_failed: bool) -> Supplied:
    value, what = call.prefetch[key], _name(key)
    answer = read_value(value, what, call.patient_id)
    nothing = not answer.resources and not answer.missing
    if nothing and (not asked.count or (value is None and null_is_failed)):
        answer.refuse(what, _FAILED)
    elif answer.resources and not any(resource_type(r) in asked.types for r in answer.resources):
        answer.refuse(what, _OTHER)
    elif _is_cut(value, asked):
        answer.cut(what)
    return answer


def _is_cut(value: object, asked: Input) -> bool:
    """Whether a searchset says that more was found than it holds, and holds less than was asked for."""
    bundle = bundle_of(value)
    total, held = bundle.get("total"), len(as_list(bundle.get("entry")))
    return isinstance(total, int) and not isinstance(total, bool) and held < min(total, asked.count)


def read_pages(key: str, pages: Iterable[JsonDict], complete: bool, patient_id: str, before: Supplied) -> Supplied:
    """What a FHIR server answered for a key, after what came of it before."""
    answer = Supplied(list(before.resources), partial=not complete, foreign=before.foreign)
    answer.set_aside.extend(item for item in before.set_aside if item.why not in (_FIRST_PAGE, _FAILED))
    for page in pages:
        found = entries(page) if resource_type(page) == "Bundle" else [page]
        _note_urns(as_list(page.get("entry")), answer)
        _collect(found, _name(key), patient_id, answer)
    answer.settle(_name(key))
    answer.only_foreign = False  # a server that answers our own search so is not to be relied on
    return answer


def strays(answers: Mapping[str, Supplied], patient_id: str) -> frozenset[str]:
    """The keys that held nothing but one or two resources of other patients, in a call that is about the right one.

    Nothing else of the patient tells a stray entry from the answer to a wrong query: then it stays not known.
    """
    found = frozenset(key for key, a in answers.items() if a.only_foreign and a.foreign <= _MOST_STRAYS)
    if not found:
        return found
    searches = (resource for answer in answers.values() for resource in answer.resources)
    kinds = {resource_type(r) for r in searches if patient_of(r) == patient_id}
    return found if {"Patient"} < kinds else frozenset()


def others(call: HookCall, keys: Collection[str]) -> dict[str, Supplied]:
    """What the client supplied under keys that are none of ours: read by its type; their names are not repeated."""
    ours = {*keys, *(former for key in keys for former in (*BY_KEY[key].formerly, *BY_KEY[key].apart))}
    return {
        key: read_value(value, "a prefetch key that is none of ours", call.patient_id)
        for key, value in call.prefetch.items()
        if key not in ours
    }


def urls_of(drafts: Supplied, call: HookCall) -> tuple[str, ...]:
    """The fullUrl of each draft; "" where there is none."""
    entries_told = [as_dict(entry) for entry in as_list(bundle_of(call.drafts).get("entry"))]
    urls = {id(entry.get("resource")): as_text(entry.get("fullUrl")) for entry in entries_told}
    return tuple(urls.get(id(resource)) or "" for resource in drafts.resources)


def drafts_of(call: HookCall) -> Supplied:
    """The drafted orders."""
    return read_value(call.drafts, "draftOrders", call.patient_id)


def bundle_of(value: object) -> JsonDict:
    """The Bundle in a prefetch value, else an empty object."""
    found = as_dict(_unwrapped(value))
    return found if resource_type(found) == "Bundle" else {}


def _name(key: str) -> str:
    return f"prefetch {key}"


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


def _read_alone(outcome: JsonDict, what: str, answer: Supplied) -> None:
    """An outcome in place of the answer: a remark only when it does no more than inform."""
    severities = {as_text(as_dict(issue).get("severity")) for issue in as_list(outcome.get("issue"))}
    if severities != {"information"}:
        answer.refuse(what, _FAILED)


def _unwrapped(value: object) -> object:
    """The value without the response wrapper of early clients, or the list of one around it."""
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
        value = value[0]
    if not isinstance(value, dict) or "resourceType" in value:
        return value
    if "resource" in value:
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
        return answer.refuse(what, _UNREADABLE)
    answer.partial |= has_next_page(bundle)
    listed = as_list(bundle.get("entry"))
    if as_text(bundle.get("type")) in _BATCHES and not all(_entry_succeeded(as_dict(entry)) for entry in listed):
        answer.refuse(what, _FAILED)
    _note_urns(listed, answer)
    return _collect(entries(bundle), what, patient_id, answer, depth + 1)


def _note_urns(listed: Iterable[object], answer: Supplied) -> None:
    """What references by urn may name: they resolve to the fullUrl of an entry alone (FHIR R4, Bundle)."""
    for entry in listed:
        url = entry.get("fullUrl") if isinstance(entry, dict) else None
        if isinstance(url, str) and url.startswith("urn:"):
            answer.by_urn[url] = as_dict(as_dict(entry).get("resource"))


def _entry_succeeded(entry: JsonDict) -> bool:
    """Whether an entry of a batch says that its query worked; one that says nothing did."""
    return "response" not in entry or _succeeded(entry)


def _read_outcome(outcome: JsonDict, what: str, answer: Supplied) -> None:
    """An outcome is a failure, unless all it holds is remarks about a search that worked."""
    severities = {as_text(as_dict(issue).get("severity")) for issue in as_list(outcome.get("issue"))}
    if not severities or not severities <= _REMARKS:
        answer.refuse(what, _FAILED)


def _type_name(kind: str) -> str:
    """The type of a resource; free text in its place is not repeated."""
    return kind if kind.isascii() and kind.isalpha() and len(kind) <= 40 else "resource"
