"""Turns a hook call into the snapshot the core decides on: what is known, known to be none, not known."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from cards import SetAside, Snapshot
from cds_service.envelope import HookCall
from cds_service.errors import JsonDict
from cds_service.fhir import as_dict, as_list, entries, has_next_page, patient_of, resource_type

_UNREADABLE = "neither a resource nor a Bundle"
_FOREIGN = "not about the patient in context"
_NOT_A_RESOURCE = "not a resource"
_FAILED = "the client could not get it"


@dataclass
class _Answer:
    """What one prefetch key, or the drafts, brought."""

    resources: list[JsonDict] = field(default_factory=list)
    missing: bool = False
    partial: bool = False
    set_aside: list[SetAside] = field(default_factory=list)

    def refuse(self, what: str, why: str) -> None:
        self.missing = True
        self.set_aside.append(SetAside(what, why))


def snapshot(call: HookCall, hook: str, keys: Iterable[str]) -> Snapshot:
    """The snapshot of a hook call for the service's hook and its prefetch keys."""
    answers = {key: _supplied(key, call) for key in keys}
    drafts = _read(call.drafts, "draftOrders", call.patient_id)
    return Snapshot(
        hook=hook,
        patient_id=call.patient_id,
        resources={key: tuple(answer.resources) for key, answer in answers.items()},
        missing=frozenset(key for key, answer in answers.items() if answer.missing),
        partial=frozenset(key for key, answer in answers.items() if answer.partial),
        drafts=tuple(drafts.resources),
        selections=call.selections,
        encounter_id=call.encounter_id,
        set_aside=_all_set_aside((*answers.values(), drafts)),
    )


def _supplied(key: str, call: HookCall) -> _Answer:
    if key not in call.prefetch:
        return _Answer(missing=True)
    return _read(call.prefetch[key], f"prefetch {key}", call.patient_id)


def _read(value: object, what: str, patient_id: str) -> _Answer:
    """The resources in a prefetch value or in the drafts; null is known to be none."""
    answer = _Answer()
    value = _unwrapped(value)
    kind = resource_type(value)
    if kind == "Bundle":
        answer.partial = has_next_page(as_dict(value))
        _collect(entries(as_dict(value)), what, patient_id, answer)
    elif isinstance(value, list) or kind:
        _collect(as_list(value), what, patient_id, answer)
    elif value is not None:
        answer.refuse(what, _UNREADABLE)
    return answer


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


def _collect(values: Iterable[object], what: str, patient_id: str, answer: _Answer) -> None:
    for value in values:
        kind = resource_type(value)
        resource = as_dict(value)
        if kind is None:
            answer.set_aside.append(SetAside(f"an entry of {what}", _NOT_A_RESOURCE))
        elif kind == "OperationOutcome":
            _read_outcome(resource, what, answer)
        elif (patient_of(resource) or patient_id) != patient_id:
            answer.set_aside.append(SetAside(f"{_type_name(kind)} of another patient", _FOREIGN))
        else:
            answer.resources.append(resource)
    unread = any(item.why == _NOT_A_RESOURCE for item in answer.set_aside)
    answer.missing = answer.missing or (unread and not answer.resources)


def _read_outcome(outcome: JsonDict, what: str, answer: _Answer) -> None:
    """An outcome is a failure, unless all it holds is a remark about a search that worked."""
    severities = {as_dict(issue).get("severity") for issue in as_list(outcome.get("issue"))}
    if severities != {"information"}:
        answer.refuse(what, _FAILED)


def _type_name(kind: str) -> str:
    """The type of a resource; free text in its place is not repeated."""
    return kind if kind.isascii() and kind.isalpha() and len(kind) <= 40 else "resource"


def _all_set_aside(answers: Iterable[_Answer]) -> tuple[SetAside, ...]:
    """Everything that was set aside, each reason once: five thousand bad entries make one line."""
    return tuple(dict.fromkeys(item for answer in answers for item in answer.set_aside))
