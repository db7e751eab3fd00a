"""What no client is asked to send, fetched once a first decision shows that it matters."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from cards import Snapshot
from cds_service.call.envelope import HookCall
from cds_service.call.fhir_access import FAILED
from cds_service.call.gather import Gathered, request_for
from cds_service.call.key_outcomes import KeyData
from cds_service.call.prefetch import Supplied, read_pages


def look_again(
    gathered: Gathered, keys: Iterable[str], call: HookCall, queries: Mapping[str, str], now: datetime
) -> Gathered:
    """The same call with some inputs that nobody supplied fetched, in what is left of its deadline."""
    if gathered.visit is None:
        return gathered
    nothing = Supplied(missing=True)
    asked = {key: request_for(key, nothing, call, gathered.visit, queries.get(key, ""), now) for key in keys}
    fetched = gathered.visit.fetch({key: request for key, request in asked.items() if request})
    snapshot, data = gathered.snapshot, list(gathered.data)
    for key, found in fetched.items():
        answer = Supplied(missing=True, failed=found.outcome in FAILED)
        if found.pages:
            answer = read_pages(key, found.pages, found.complete, call.patient_id, nothing)
        snapshot = _with(snapshot, key, answer)
        data.append(KeyData.of(key, answer.missing, found, answer.foreign))
    return replace(gathered, snapshot=snapshot, data=tuple(data))


def _with(snapshot: Snapshot, key: str, answer: Supplied) -> Snapshot:
    def marked(keys: frozenset[str], holds: bool) -> frozenset[str]:
        return keys | {key} if holds else keys - {key}

    return replace(
        snapshot,
        resources={**snapshot.resources, key: tuple(answer.resources)},
        missing=marked(snapshot.missing, answer.missing),
        failed=marked(snapshot.failed, answer.missing and answer.failed),
        partial=marked(snapshot.partial, answer.partial),
        by_urn={**snapshot.by_urn, **answer.by_urn},
        unreadable=snapshot.unreadable + answer.unreadable,
        set_aside=tuple(dict.fromkeys((*snapshot.set_aside, *answer.set_aside))),
    )
