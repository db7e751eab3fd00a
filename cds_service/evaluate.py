"""The seam: a hook call in, an answer out. HTTP, `explain` and tests all decide through here."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from cards import Decision, Knowledge, Service, decide
from cds_service.envelope import read_call
from cds_service.errors import JsonDict, operation_outcome
from cds_service.prefetch import snapshot
from cds_service.settings import PREFIX, MissingData


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back to the client, and the decision behind it."""

    status: HTTPStatus
    payload: JsonDict
    decision: Decision


def evaluate(
    service: Service,
    body: object,
    knowledge: Knowledge,
    now: datetime,
    new_id: Callable[[], str],
    keys: Iterable[str],
    missing_data: MissingData,
) -> Answer:
    """Answer one hook call; NotCdsHooks when `body` is none. `keys` are the service's prefetch keys."""
    decision = decide(snapshot(read_call(body), service.hook, keys), knowledge, now=now, new_id=new_id)
    if decision.cannot_tell and missing_data is MissingData.PRECONDITION_FAILED:
        return Answer(HTTPStatus.PRECONDITION_FAILED, _cannot_tell(decision.cannot_tell), decision)
    return Answer(HTTPStatus.OK, {"cards": [card.body for card in decision.cards]}, decision)


def _cannot_tell(keys: tuple[str, ...]) -> JsonDict:
    return operation_outcome(
        "required",
        f"Required data was not supplied: prefetch {', '.join(keys)}. Satisfy these prefetch templates of the "
        f"discovery document. A site whose client cannot may set {PREFIX}MISSING_DATA=card to be told by a card.",
    )
