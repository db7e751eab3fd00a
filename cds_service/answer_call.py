"""The seam: a hook call in, an answer out. HTTP, `explain` and tests all decide through here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from http import HTTPStatus

from cards import Decision, Knowledge, Memory, Service, decide, prefetch_templates
from cds_service.call.envelope import read_call
from cds_service.call.fhir_access import Source
from cds_service.call.gather import gather
from cds_service.call.key_outcomes import KeyData
from cds_service.call.time_limit import watched
from cds_service.errors import JsonDict, operation_outcome
from cds_service.run.settings import PREFIX, MissingData


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back to the client, the decision behind it, and how each prefetch key was answered."""

    status: HTTPStatus
    payload: JsonDict
    decision: Decision
    data: tuple[KeyData, ...] = ()


def evaluate(
    service: Service,
    body: object,
    knowledge: Knowledge,
    now: datetime,
    new_id: Callable[[], str],
    keys: Iterable[str],
    missing_data: MissingData,
    source: Source | None = None,
    memory: Memory | None = None,
    limit_ms: int | None = None,
) -> Answer:
    """Answer one hook call; NotCdsHooks when `body` is none. `keys` are the service's prefetch keys.

    What the client did not supply comes from `source`, when there is one and the call gives access to it. Advice that
    the `memory` knows to be answered is not repeated. TooMuch when reading takes longer than `limit_ms`.
    """
    gathered = gather(read_call(body), service.hook, keys, source, partial(prefetch_templates, knowledge))
    snapshot = gathered.snapshot
    if limit_ms:
        snapshot = replace(snapshot, resources=watched(snapshot.resources, limit_ms))
    decision = decide(snapshot, knowledge, now=now, new_id=new_id, memory=memory)
    if decision.cannot_tell and missing_data is MissingData.PRECONDITION_FAILED:
        return Answer(HTTPStatus.PRECONDITION_FAILED, _cannot_tell(decision.cannot_tell), decision, gathered.data)
    return Answer(HTTPStatus.OK, {"cards": [card.body for card in decision.cards]}, decision, gathered.data)


def _cannot_tell(keys: tuple[str, ...]) -> JsonDict:
    return operation_outcome(
        "required",
        f"Required data was not supplied: prefetch {', '.join(keys)}. Satisfy these prefetch templates of the "
        f"discovery document. A site whose client cannot may set {PREFIX}MISSING_DATA=card to be told by a card.",
    )
