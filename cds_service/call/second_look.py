"""What no client is asked to send, asked of its server once the first look shows that it matters."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial

from cards import BY_KEY, IF_SENT, INPUTS, Snapshot, is_enough
from cds_service.call.envelope import HookCall
from cds_service.call.fhir_access import Request, has_failed, request_of
from cds_service.call.gather import Gathered
from cds_service.call.key_outcomes import KeyData
from cds_service.call.prefetch import read_pages
from cds_service.call.prefetch_value import Supplied

_INPUTS = {asked.key: asked for asked in (*INPUTS, *IF_SENT)}


def look_again(gathered: Gathered, call: HookCall, queries: Mapping[str, str], now: datetime) -> Gathered:
    """The same call with what further queries brought of what the client did not send, in the rest of its deadline.

    What fails is not missed, but for an input that cards name when it failed.
    """
    wanted = {key: _request(key, query, call, now) for key, query in queries.items() if key not in call.prefetch}
    asked = {key: request for key, request in wanted.items() if request}
    if gathered.visit is None or not asked:
        return gathered
    snapshot, data = gathered.snapshot, list(gathered.data)
    for key, found in gathered.visit.fetch(asked).items():
        answer = Supplied(missing=True, failed=has_failed(found.outcome))
        if found.pages:
            answer = read_pages(_INPUTS[key], found.pages, found.complete, call.patient_id, Supplied(missing=True))
        snapshot = _with(snapshot, key, answer)
        data.append(KeyData.of(key, answer.missing, found, answer.foreign))
    return replace(gathered, snapshot=snapshot, data=tuple(data))


def _request(key: str, query: str, call: HookCall, now: datetime) -> Request | None:
    request = request_of(query, call.patient_id)
    enough = partial(is_enough, _INPUTS[key], now=now)
    return replace(request, optional=key not in BY_KEY, is_enough=enough) if request else None


def _with(snapshot: Snapshot, key: str, answer: Supplied) -> Snapshot:
    """A snapshot with what else came; of an input of the table also whether it failed."""
    is_input = key in BY_KEY

    def marked(keys: frozenset[str], holds: bool) -> frozenset[str]:
        return keys | {key} if holds else keys - {key}

    return replace(
        snapshot,
        resources={**snapshot.resources, key: tuple(answer.resources)},
        missing=marked(snapshot.missing, is_input and answer.missing),
        failed=marked(snapshot.failed, is_input and answer.missing and answer.failed),
        partial=marked(snapshot.partial, answer.partial),
        by_urn={**snapshot.by_urn, **answer.by_urn},
        unreadable=snapshot.unreadable + answer.unreadable,
        foreign={**snapshot.foreign, **({key: answer.foreign} if answer.foreign else {})},
        set_aside=tuple(dict.fromkeys((*snapshot.set_aside, *answer.set_aside))),
    )
