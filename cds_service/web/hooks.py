"""POST /cds-services/<id>: cards."""

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import TypeVar

from flask import Response, abort, request
from werkzeug.exceptions import HTTPException

from cards import SERVICES, Decision, Service, is_on_trial
from cds_service.answer_call import Answer, Means, answer_call
from cds_service.call.envelope import called_as, read_body, refuse_excess
from cds_service.call.fhir_access import Source
from cds_service.call.key_outcomes import summary
from cds_service.call.time_limit import within
from cds_service.errors import RequestError, TooManyLong
from cds_service.records.entries import answer_entry
from cds_service.records.log import (
    record_call,
    record_failed_memory,
    record_failed_rules,
    record_failure,
    record_fault,
)
from cds_service.web.answers import json_response, outcome_response_of, raw_body
from cds_service.web.candidate import try_candidate
from cds_service.web.runtime import Access, Route, Runtime
from cds_service.web.this_request import ThisRequest, this_request

PATH = "/cds-services/<service_id>"
_BY_ID = {service.id: service for service in SERVICES}
T = TypeVar("T")
_NOT_LET_IN = frozenset({401, 403, 429})


def routes(runtime: Runtime) -> list[Route]:
    """The route of the services."""

    def call(service_id: str) -> Response:
        service, this = known_service(service_id), this_request()
        if runtime.knowledge_for(this.client).site.trial.whole:
            return _silent(service, this, runtime)
        answer = _kept(_answer(service, this, runtime), this, runtime)
        return _unseen(answer, this) if is_on_trial(answer.decision.trace.chart) else _response(answer)

    return [Route(PATH, "POST", Access.CLIENT, call)]


def auditor(runtime: Runtime) -> Callable[[Response], None]:
    """What records the answer to a service call, whatever its status; calls that were not let in only in the log."""

    def audit(response: Response) -> None:
        service_id = (request.view_args or {}).get("service_id")
        rule = request.url_rule
        if service_id in _BY_ID and rule is not None and rule.rule == PATH and request.method == "POST":
            _record(_BY_ID[service_id], response.status_code, this_request(), runtime)

    return audit


def _kept(answer: Answer, this: ThisRequest, runtime: Runtime) -> Answer:
    """The answer, which is kept for its record."""
    this.answer, this.decision = answer, answer.decision
    runtime.metrics.gathered(answer.data)
    return answer


def _silent(service: Service, this: ThisRequest, runtime: Runtime) -> Response:
    """The answer while the whole service is on trial: no cards, whatever would be answered; the record tells what."""
    try:
        return _unseen(_kept(_answer(service, this, runtime), this, runtime), this)
    except RequestError as problem:
        this.trial_status = int(problem.status)
    except HTTPException:  # the body did not arrive whole: the web framework's to tell
        raise
    except Exception as problem:
        runtime.metrics.failed()
        record_failure(this.ident, problem)
        this.trial_status = int(HTTPStatus.INTERNAL_SERVER_ERROR)
    return json_response({"cards": []})


def _unseen(answer: Answer, this: ThisRequest) -> Response:
    """The answer where the service is on trial; the record tells what would have been said."""
    this.trial_status = int(answer.status)
    this.decision = answer.decision.unseen(would_be_shown=answer.status == HTTPStatus.OK)
    return json_response({"cards": []})


def _record(service: Service, status: int, this: ThisRequest, runtime: Runtime) -> None:
    seconds = time.perf_counter() - this.started
    milliseconds = seconds * 1000
    decision, data, who = _sent(this, status), this.answer.data if this.answer else (), this.who
    _remember(decision, service, this, runtime)
    if status not in _NOT_LET_IN:
        at, ident = runtime.now(), runtime.new_id()
        try_candidate(ident, service, this, this.trial_status or status, runtime)
        runtime.keep(answer_entry(ident, at, service.id, status, milliseconds, who, decision, data, this.trial_status))
    told = summary(data), this.trial_status, this.called_as
    record_call(this.ident, service.id, status, decision, milliseconds, who, *told)
    if this.called_as:
        runtime.metrics.called_as_another(service.id, this.called_as)
    if decision:
        record_failed_rules(this.ident, decision.trace.failures)
        if decision.trace.not_recalled:
            record_failed_memory(this.ident, decision.trace.not_recalled)
    runtime.metrics.answered(service.id, status, seconds, decision, this.trial_status)


def _sent(this: ThisRequest, status: int) -> Decision | None:
    """The decision with the cards that were sent: none with an error, whatever had been decided before it."""
    return this.decision if status == HTTPStatus.OK or this.decision is None else this.decision.unsent()


def _remember(decision: Decision | None, service: Service, this: ThisRequest, runtime: Runtime) -> None:
    """Remember what was shown, now that it is: what nobody got keeps no later card quiet."""
    memory = runtime.memory_for(this.caller, this.holder_of_cards(service.id))
    if memory and this.now and decision and decision.known_by:
        try:
            memory.show(decision.known_by, this.now)
        except Exception as problem:  # the answer is made: it goes out all the same
            record_fault("what was shown is not remembered", problem)


def known_service(service_id: str) -> Service:
    """The service of this id; the 404 of the web framework when there is none."""
    return _BY_ID.get(service_id) or abort(404)


def _answer(service: Service, this: ThisRequest, runtime: Runtime) -> Answer:
    """The answer, within the time of a call."""
    return within_limit(runtime, lambda: _decided(service, this, runtime))


def within_limit(runtime: Runtime, work: Callable[[], T]) -> T:
    """What the work of this request brings, within the time of a call: TooMuch else.

    Of several clients none has all threads for what takes long: TooManyLong, counted.
    """
    this = this_request()
    who = this.client.iss if this.client and len(runtime.clients.by_issuer) > 1 else ""
    try:
        return within(runtime.settings.evaluation_ms, work, who)
    except TooManyLong:
        runtime.metrics.rate_limited()
        raise


def _decided(service: Service, this: ThisRequest, runtime: Runtime) -> Answer:
    raw, client = raw_body(), this.client
    this.body_bytes, body = len(raw), read_body(raw)
    refuse_excess(body, runtime.settings.max_entries)
    this.called_as, this.now = called_as(body, service), runtime.now()
    means = Means(
        runtime.knowledge_for(client),
        this.now,
        runtime.new_id,
        runtime.keys,
        runtime.settings.missing_data,
        Source(runtime.fhir, this.fhir_servers, this.open_servers, client.iss if client else ""),
        runtime.memory_for(this.caller, this.holder_of_cards(service.id)),
        runtime.settings.evaluation_ms,
        null_is_failed=bool(client and client.null_means_failed),
        dialect=client.dialect if client else runtime.clients.shared_dialect(),
        links=client.links if client else (),
        client=client.name if client else "",
    )
    return answer_call(body, service, means)


def _response(answer: Answer) -> Response:
    if answer.status == 200:
        return json_response(answer.payload)
    return outcome_response_of(answer.payload, answer.status)
