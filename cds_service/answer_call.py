"""The seam: a hook call in, an answer out. HTTP, `explain` and tests all decide through here."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from http import HTTPStatus

from cards import (
    Chart,
    Decision,
    Knowledge,
    Memory,
    Service,
    Snapshot,
    decide,
    further_queries,
    prefetch_templates,
    unit_of_stay,
)
from cds_service.call.envelope import HookCall, read_call
from cds_service.call.fhir_access import Source
from cds_service.call.gather import Gathered, gather
from cds_service.call.key_outcomes import KeyData
from cds_service.call.second_look import look_again
from cds_service.call.time_limit import watch
from cds_service.dialects import Dialect, spoken, standard
from cds_service.errors import JsonDict, operation_outcome
from cds_service.run.settings import PREFIX, MissingData


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back to the client, the decision behind it, and how each prefetch key was answered."""

    status: HTTPStatus
    payload: JsonDict
    decision: Decision
    data: tuple[KeyData, ...] = ()


@dataclass(frozen=True, slots=True)
class Means:
    """What a call is answered with. `keys` are the prefetch keys of the services.

    What the client did not supply comes from `source`, when there is one and the call gives access to it. Advice that
    the `memory` knows to be answered is not repeated. `limit_ms` bounds the processor time for reading.
    `null_is_failed`: the client sends null where a query failed. Cards go out in its `dialect`; `links` begin as those
    that it knows. `client`: the name of who calls.
    """

    knowledge: Knowledge
    now: datetime
    new_id: Callable[[], str]
    keys: Iterable[str]
    missing_data: MissingData
    source: Source | None = None
    memory: Memory | None = None
    limit_ms: int | None = None
    null_is_failed: bool = False
    dialect: Dialect = field(default_factory=standard)
    links: Sequence[str] = ()
    client: str = ""


def answer_call(body: object, service: Service, means: Means) -> Answer:
    """Answer one hook call; NotCdsHooks when `body` is none, TooMuch when reading takes longer than the limit."""
    templates = partial(prefetch_templates, means.knowledge, service.about)
    call, now = read_call(body, service), means.now
    nobody = partial(_concerns_nobody, means)
    gathered = gather(call, service, means.keys, means.source, templates, means.null_is_failed, now, nobody)
    gathered = replace(gathered, snapshot=_watched(gathered.snapshot, means))
    gathered = _looked_at_again(gathered, call, means)
    snapshot = gathered.snapshot
    decision = decide(snapshot, means.knowledge, now=means.now, new_id=means.new_id, memory=means.memory)
    decision = spoken(decision, means.dialect, means.new_id, means.links)
    decision.trace.chart.reading  # noqa: B018 - records ask for it later: read while the limit of time is told of
    unit_of_stay(decision.trace.chart)  # the same
    if is_refused(decision, means.missing_data):
        unknown, data = snapshot.patient_unknown, gathered.data
        outcome = _unknown(data) if unknown else _cannot_tell(decision.cannot_tell, data)
        return Answer(HTTPStatus.PRECONDITION_FAILED, outcome, decision, gathered.data)
    return Answer(HTTPStatus.OK, {"cards": [card.body for card in decision.cards]}, decision, gathered.data)


def is_refused(decision: Decision, missing: MissingData) -> bool:
    """Whether a decision is answered 412, and not with cards or none."""
    return bool(decision.cannot_tell) and missing is MissingData.PRECONDITION_FAILED


def _watched(snapshot: Snapshot, means: Means) -> Snapshot:
    """A snapshot that tells who calls, read within the limit of time, which counts from now."""
    named = replace(snapshot, client=means.client) if means.client else snapshot
    return replace(named, watch=watch(means.limit_ms)) if means.limit_ms else named


def _concerns_nobody(means: Means, snapshot: Snapshot) -> bool:
    return Chart(_watched(snapshot, means), means.knowledge, means.now).concerns_nobody


def _looked_at_again(gathered: Gathered, call: HookCall, means: Means) -> Gathered:
    """With what the first look shows to be worth asking for, by a server that may be asked."""
    if gathered.visit is None:
        return gathered
    return look_again(gathered, call, further_queries(gathered.snapshot, means.knowledge, means.now), means.now)


def _unknown(data: Iterable[KeyData]) -> JsonDict:
    return operation_outcome(
        "not-found",
        "The record of the patient in context was not found, or could not be had: prefetch patient."
        f"{_about_another(data)} Check that "
        "context.patientId is an id of the FHIR server that is named, and satisfy the prefetch templates of the "
        f"discovery document. A site whose client cannot may set {PREFIX}MISSING_DATA=card to be told by a card.",
    )


def _cannot_tell(keys: tuple[str, ...], data: Iterable[KeyData]) -> JsonDict:
    return operation_outcome(
        "required",
        f"Required data was not supplied: prefetch {', '.join(keys)}."
        f"{_about_another(told for told in data if told.key in keys)} Satisfy these prefetch templates of the "
        f"discovery document. A site whose client cannot may set {PREFIX}MISSING_DATA=card to be told by a card.",
    )


def _about_another(data: Iterable[KeyData]) -> str:
    """That something came, and about whom; "" where nothing was dropped for that."""
    foreign = [told.key for told in data if told.foreign]
    return f" What came as {', '.join(foreign)} is about another patient than context.patientId." if foreign else ""
