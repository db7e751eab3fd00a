"""Reads what a client supplied, or a FHIR server answered: what is known, known to be none, not known."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from cards import BY_KEY, Input
from cds_service.call.envelope import HookCall
from cds_service.call.prefetch_value import FAILED, FIRST_PAGE, Supplied, bundle_of, read_page, read_value
from cds_service.call.usual_lists import usual_list
from cds_service.errors import JsonDict
from cds_service.fhir_json import as_dict, as_list, as_text, patient_of, resource_type, total_of

_OTHER = "holds resources of other types only"
_OTHER_KEY = "a prefetch key that is none of ours"
_MOST_STRAYS = 2  # (design) more of other patients alone is the answer to a wrong query


def supplied(asked: Input, call: HookCall, null_is_failed: bool = False) -> Supplied:
    """What the client supplied for an input. No Patient is no answer; nor is null, from a client that says so."""
    if asked.key in call.prefetch and not asked.apart:
        return _under(asked.key, asked, call, null_is_failed)
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
    value = call.prefetch[key]
    if asked.count and (usual := usual_list(value, asked.types, call.patient_id)) is not None:
        return Supplied(usual)
    what = _name(key)
    answer = read_value(value, what, call.patient_id)
    nothing = not answer.resources and not answer.missing
    if nothing and (not asked.count or (value is None and null_is_failed)):
        answer.refuse(what, FAILED)
    else:
        _compare(answer, asked, what)
    return answer


def _compare(answer: Supplied, asked: Input, what: str) -> None:
    """What came beside what was asked for: other types are no answer, and fewer than were found are not all."""
    if answer.resources and not any(resource_type(r) in asked.types for r in answer.resources):
        answer.refuse(what, _OTHER)
    elif any(held < min(total, asked.count) for held, total in answer.counts):
        answer.cut(what)


def read_pages(asked: Input, pages: Sequence[JsonDict], complete: bool, patient_id: str, before: Supplied) -> Supplied:
    """What a FHIR server answered for an input, after what came of it before."""
    what = _name(asked.key)
    answer = Supplied(list(before.resources), partial=not complete, foreign=before.foreign)
    answer.set_aside.extend(item for item in before.set_aside if item.why not in (FIRST_PAGE, FAILED))
    for page in pages:
        read_page(page, what, patient_id, answer)
    if not (answer.resources or answer.foreign) and total_of(pages[0]):
        answer.refuse(what, FAILED)
    answer.settle(what)
    _compare(answer, asked, what)
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
    return {key: _of_another(value, call) for key, value in call.prefetch.items() if key not in ours}


def _of_another(value: object, call: HookCall) -> Supplied:
    """A list of the client's own, of which nobody knows how many were asked for: fewer than were found are not all."""
    answer = read_value(value, _OTHER_KEY, call.patient_id)
    if any(held < total for held, total in answer.counts):
        answer.cut(_OTHER_KEY)
    return answer


def urls_of(drafts: Supplied, call: HookCall) -> tuple[str, ...]:
    """The fullUrl of each draft; "" where there is none."""
    entries_told = [as_dict(entry) for entry in as_list(bundle_of(call.drafts).get("entry"))]
    urls = {id(entry.get("resource")): as_text(entry.get("fullUrl")) for entry in entries_told}
    return tuple(urls.get(id(resource)) or "" for resource in drafts.resources)


def drafts_of(call: HookCall) -> Supplied:
    """The drafted orders."""
    return read_value(call.drafts, "draftOrders", call.patient_id)


def _name(key: str) -> str:
    return f"prefetch {key}"
