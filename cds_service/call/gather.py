"""Everything about the patient for one hook call: what the client supplied, the rest from its FHIR server."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from cards import BY_KEY, About, Service, SetAside, Snapshot, is_enough, is_id
from cds_service.call.envelope import HookCall
from cds_service.call.fhir_access import Fetched, Outcome, Request, Source, Visit, has_failed, next_page, request_of
from cds_service.call.key_outcomes import KeyData
from cds_service.call.prefetch import drafts_of, others, read_pages, strays, supplied, urls_of
from cds_service.call.prefetch_value import Supplied, bundle_of
from cds_service.errors import JsonDict
from cds_service.fhir_json import as_dict, as_list, as_text, resource_type

Templates = Callable[[], Mapping[str, str]]
REFERENCED = "referenced"
_PATIENT = "patient"
_MOST_MEDICATIONS = 20
_PAST = frozenset({"completed", "stopped"})
_NOT_NEEDED = Fetched(outcome=Outcome.NOT_NEEDED)
_NO_TEMPLATES: Mapping[str, str] = {}
_NOT_GOT = SetAside("a medicine that an order refers to", "the FHIR server did not give it")


@dataclass(slots=True)
class Gathered:
    """What is known about the patient, how each key came to be known, and the visit that may still be asked."""

    snapshot: Snapshot
    data: tuple[KeyData, ...]
    visit: Visit | None = None


def gather(
    call: HookCall,
    service: Service,
    keys: Iterable[str],
    source: Source | None = None,
    templates: Templates = lambda: _NO_TEMPLATES,
    null_is_failed: bool = False,
    now: datetime | None = None,
    concerns_nobody: Callable[[Snapshot], bool] = lambda _: False,
) -> Gathered:
    """The snapshot of a call of a service, with its prefetch keys; `templates` are the keys' queries.

    `null_is_failed`: the client sends null where a query failed. `now`: what the age of resources is told by.
    `concerns_nobody`: whether the drafted orders are such that no rule speaks of them: then nothing is fetched.
    """
    answers = {key: supplied(BY_KEY[key], call, null_is_failed) for key in keys}
    more = others(call, answers.keys())
    drafts = drafts_of(call)
    assembled = partial(_assembled, call, service, answers, more, drafts)
    visit, now = _visit(call, source), now or datetime.now(UTC)
    fetched: dict[str, Fetched] = {}
    medications = Supplied()
    named = visit and not _lacks_medications({**answers, **more}, drafts, visit.base)
    if named and concerns_nobody(assembled(medications)):
        fetched, visit = {key: _NOT_NEEDED for key, answer in answers.items() if answer.missing}, None
    elif visit:
        fetched = _complete(answers, call, visit, templates, now)
        medications = _medications(_orders({**answers, **more}, drafts), visit)
    snapshot = assembled(medications, _without_strays(answers, call.patient_id))
    return Gathered(snapshot, tuple(_data(answers, fetched, visit is not None)), visit)


def _without_strays(answers: Mapping[str, Supplied], patient_id: str) -> frozenset[str]:
    """The keys with only a stray of another patient, which are known to be empty now."""
    stray = strays(answers, patient_id)
    for key in stray:
        answers[key].missing = answers[key].failed = False
    return stray


def _assembled(
    call: HookCall,
    service: Service,
    answers: Mapping[str, Supplied],
    more: Mapping[str, Supplied],
    drafts: Supplied,
    medications: Supplied,
    stray: frozenset[str] = frozenset(),
) -> Snapshot:
    everything = {**more, **answers, **({REFERENCED: medications} if medications.resources else {})}
    every = (*everything.values(), drafts, medications)
    unknown = _is_unknown(answers, more, service)
    return _snapshot(call, service, everything, every, drafts, stray, unknown)


def _data(answers: Mapping[str, Supplied], fetched: Mapping[str, Fetched], waits: bool) -> Iterator[KeyData]:
    """How each key was answered; of what waits for a second look that is told then."""
    for key, answer in answers.items():
        if not (waits and answer.missing and BY_KEY[key].second_look):
            yield KeyData.of(key, answer.missing, fetched.get(key), answer.foreign)


def _is_unknown(answers: Mapping[str, Supplied], more: Mapping[str, Supplied], service: Service) -> bool:
    """Whether nobody knows the patient: a wrong id or the wrong server would read as all clear.

    His record was asked for and could not be had, though a server or client answers; or it did not come, and nothing
    of him did. Of orders it is told only where nothing at all came: then it is no single query that failed.
    """
    patient = answers.get(_PATIENT)
    if patient is None or not patient.missing:
        return False
    nothing_came = not any(answer.resources for answer in (*answers.values(), *more.values()))
    answered = any(not answer.missing for answer in answers.values())
    return (nothing_came and (patient.failed or answered)) or (patient.failed and service.about is About.PATIENT)


def _snapshot(
    call: HookCall,
    service: Service,
    answers: Mapping[str, Supplied],
    every: Iterable[Supplied],
    drafts: Supplied,
    stray: frozenset[str],
    unknown: bool,
) -> Snapshot:
    return Snapshot(
        hook=service.hook,
        about=service.about,
        patient_id=call.patient_id,
        resources={key: tuple(answer.resources) for key, answer in answers.items()},
        missing=frozenset(key for key, answer in answers.items() if answer.missing),
        failed=frozenset(key for key, answer in answers.items() if answer.missing and answer.failed),
        partial=frozenset(key for key, answer in answers.items() if answer.partial),
        drafts=tuple(drafts.resources),
        draft_urls=urls_of(drafts, call),
        by_urn={urn: resource for answer in every for urn, resource in answer.by_urn.items()},
        unreadable=sum(answer.unreadable for answer in every),
        foreign={key: answer.foreign for key, answer in answers.items() if answer.foreign},
        foreign_drafts=drafts.foreign,
        patient_unknown=unknown,
        strays=stray,
        selections=call.selections,
        encounter_id=call.encounter_id,
        has_user=bool(call.user),
        user=call.user,
        # each reason once: five thousand bad entries make one line
        set_aside=tuple(dict.fromkeys(item for answer in every for item in answer.set_aside)),
    )


def _visit(call: HookCall, source: Source | None) -> Visit | None:
    """A visit to the server that a call gives access to; None where it gives none that can be used."""
    access = call.access
    if source is None or access is None or not source.can_read(access.server, access.token):
        return None
    same_patient = access.patient in (None, call.patient_id)
    return source.visit(access.server, access.token, access.scope, same_patient)


def _complete(
    answers: dict[str, Supplied], call: HookCall, visit: Visit, templates: Templates, now: datetime
) -> dict[str, Fetched]:
    """Fetch what is missing and follow what is partial; an answer that nothing came for stays as it is."""
    listed = ((key, answer) for key, answer in answers.items() if answer.missing or answer.partial)
    wanted = {key: answer for key, answer in listed if not BY_KEY[key].second_look or answer.partial}
    if not wanted:
        return {}
    queries = templates()
    asked = {key: request_for(key, answer, call, visit, queries.get(key, ""), now) for key, answer in wanted.items()}
    requests = {key: request for key, request in asked.items() if request}
    fetched = visit.fetch(requests)
    for key, found in fetched.items():
        answers[key].failed |= has_failed(found.outcome, of_everybody=key == _PATIENT)
        if found.pages:
            anew = answers[key].missing or (found.complete and not requests[key].next_url)
            before = Supplied() if anew else answers[key]
            answers[key] = read_pages(BY_KEY[key], found.pages, found.complete, call.patient_id, before)
    return fetched


def request_for(
    key: str, answer: Supplied, call: HookCall, visit: Visit, template: str, now: datetime
) -> Request | None:
    """The whole query of a missing key, or of a partial one without a next page; None when there is nothing to ask."""
    request = request_of(template, call.patient_id)
    if request is None:
        return None
    asked = BY_KEY[key]
    if answer.missing:
        return replace(request, is_enough=partial(is_enough, asked, now=now))
    if is_enough(asked, answer.resources, now):
        return None
    following = next_page(bundle_of(call.prefetch.get(key)), visit.base)
    if not following:
        return replace(request, is_enough=partial(is_enough, asked, now=now))
    have = answer.resources
    return Request(request.kind, next_url=following, is_enough=lambda came: is_enough(asked, [*have, *came], now))


def _orders(answers: Mapping[str, Supplied], drafts: Supplied) -> Iterator[JsonDict]:
    for answer in (drafts, *answers.values()):
        yield from (r for r in answer.resources if (resource_type(r) or "").startswith("Medication"))


def _medications(orders: Iterable[JsonDict], visit: Visit) -> Supplied:
    """The Medication resources that orders refer to and that did not come along: without them a drug has no code."""
    found = Supplied()
    nameless_first = _not_come_along(orders, visit.base)
    requests = {ident: Request("Medication", ident) for ident in nameless_first[:_MOST_MEDICATIONS]}
    for one in visit.fetch(requests).values() if requests else ():
        found.resources.extend(one.pages)
    if len(found.resources) < len(nameless_first):
        found.set_aside.append(_NOT_GOT)
    return found


def _lacks_medications(answers: Mapping[str, Supplied], drafts: Supplied, base: str) -> bool:
    """Whether only the FHIR server can tell which drug is drafted."""
    drafted = {id(draft) for draft in drafts.resources}
    here = (r for r in _orders(answers, drafts) if id(r) in drafted or resource_type(r) == "Medication")
    return bool(_not_come_along(here, base))


def _not_come_along(orders: Iterable[JsonDict], base: str) -> list[str]:
    """The ids of the Medication resources that orders refer to and that did not come, first of those without a name."""
    here: set[object] = set()
    wanted: dict[str, tuple[bool, bool]] = {}
    for order in orders:
        if order.get("resourceType") == "Medication":
            here.add(order.get("id"))
        elif (reference := _referred(order)) and (ident := _medication_id(reference, base)):
            rank = (as_text(reference.get("display")) is not None, as_text(order.get("status")) in _PAST)
            wanted[ident] = min(wanted.get(ident, rank), rank)
    return sorted((ident for ident in wanted if ident not in here), key=lambda ident: wanted[ident])


def _referred(order: JsonDict) -> JsonDict:
    """The reference to the medicine, where R4 or R5 keeps it."""
    reference = order.get("medicationReference") or as_dict(order.get("medication")).get("reference")
    return as_dict(next(iter(as_list(reference)), None))


def _medication_id(reference: JsonDict, base: str) -> str | None:
    """The id of a Medication on this server; None for a contained one, or one that lies elsewhere."""
    target = (as_text(reference.get("reference")) or "").split("/_history/")[0].removeprefix(f"{base}/")
    kind, _, ident = target.partition("/")
    return ident if kind == "Medication" and is_id(ident) else None
