"""POST /cds-services/<id>: cards."""

import time
from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus

from flask import Response, abort, g, request
from werkzeug.exceptions import HTTPException

from cards import SERVICES, Service, is_on_trial
from cds_service.answer_call import Answer, Means, answer_call
from cds_service.call.envelope import called_as, read_body, refuse_excess
from cds_service.call.fhir_access import Source
from cds_service.call.key_outcomes import summary
from cds_service.call.time_limit import within
from cds_service.errors import RequestError, TooManyLong
from cds_service.records.entries import answer_entry
from cds_service.records.log import record_call, record_failed_rules, record_failure
from cds_service.trust.clients import Client
from cds_service.web.answers import json_response, outcome_response_of, raw_body, request_id
from cds_service.web.auth import caller_name, holder_of_cards, who
from cds_service.web.candidate import try_candidate
from cds_service.web.runtime import Access, Route, Runtime

PATH = "/cds-services/<service_id>"
_BY_ID = {service.id: service for service in SERVICES}
_NOT_LET_IN = frozenset({401, 403, 429})


def routes(runtime: Runtime) -> list[Route]:
    """The route of the services."""

    def call(service_id: str) -> Response:
        service = known_service(service_id)
        if runtime.knowledge_for(g.get("client")).site.trial.whole:
            return _silent(service, runtime)
        answer = _kept(_answer(service, runtime), runtime)
        return _unseen(answer) if is_on_trial(answer.decision.trace.chart) else _response(answer)

    return [Route(PATH, "POST", Access.CLIENT, call)]


def start_clock() -> None:
    """Remember when this request began."""
    g.started = time.perf_counter()


def auditor(runtime: Runtime) -> Callable[[Response], Response]:
    """What records the answer to a service call, whatever its status; calls that were not let in only in the log."""

    def audit(response: Response) -> Response:
        service_id = (request.view_args or {}).get("service_id")
        rule = request.url_rule
        if service_id in _BY_ID and rule is not None and rule.rule == PATH and request.method == "POST":
            _record(service_id, response.status_code, runtime)
        return response

    return audit


def _kept(answer: Answer, runtime: Runtime) -> Answer:
    """The answer, of which decision and data are kept for its record."""
    g.decision, g.data, g.answer = answer.decision, answer.data, answer
    runtime.metrics.gathered(answer.data)
    return answer


def _silent(service: Service, runtime: Runtime) -> Response:
    """The answer while the whole service is on trial: no cards, whatever would be answered; the record tells what."""
    try:
        return _unseen(_kept(_answer(service, runtime), runtime))
    except RequestError as problem:
        g.trial_status = int(problem.status)
    except HTTPException:  # the body did not arrive whole: the web framework's to tell
        raise
    except Exception as problem:
        runtime.metrics.failed()
        record_failure(request_id(), problem)
        g.trial_status = int(HTTPStatus.INTERNAL_SERVER_ERROR)
    return json_response({"cards": []})


def _unseen(answer: Answer) -> Response:
    """The answer where the service is on trial; the record tells what would have been said."""
    g.trial_status = int(answer.status)
    g.decision = answer.decision.unseen(would_be_shown=answer.status == HTTPStatus.OK)
    return json_response({"cards": []})


def _record(service_id: str, status: int, runtime: Runtime) -> None:
    seconds = time.perf_counter() - g.started
    milliseconds = seconds * 1000
    decision, data, client, on_trial = g.get("decision"), g.get("data", ()), who(), g.get("trial_status")
    if status not in _NOT_LET_IN:
        at, ident = runtime.now(), runtime.new_id()
        try_candidate(ident, _BY_ID[service_id], client, runtime)
        runtime.keep(answer_entry(ident, at, service_id, status, milliseconds, client, decision, data, on_trial))
    of_another = g.get("called_as", "")
    record_call(request_id(), service_id, status, decision, milliseconds, client, summary(data), on_trial, of_another)
    if of_another:
        runtime.metrics.called_as_another(service_id, of_another)
    if decision:
        record_failed_rules(request_id(), decision.trace.failures)
    runtime.metrics.answered(service_id, status, seconds, decision, on_trial)


def known_service(service_id: str) -> Service:
    """The service of this id; the 404 of the web framework when there is none."""
    return _BY_ID.get(service_id) or abort(404)


def _answer(service: Service, runtime: Runtime) -> Answer:
    """The answer, within the time of a call; of several clients none has all threads for calls that take long."""
    client = g.get("client")
    who = client.iss if client and len(runtime.clients.by_issuer) > 1 else ""
    try:
        return within(runtime.settings.evaluation_ms, lambda: _decided(service, client, runtime), who)
    except TooManyLong:
        runtime.metrics.rate_limited()
        raise


def _decided(service: Service, client: Client | None, runtime: Runtime) -> Answer:
    raw = raw_body()
    g.body_bytes, body = len(raw), read_body(raw)
    refuse_excess(body, runtime.settings.max_entries)
    g.called_as = called_as(body, service)
    means = Means(
        runtime.knowledge_for(client),
        _now(runtime),
        runtime.new_id,
        runtime.keys,
        runtime.settings.missing_data,
        Source(runtime.fhir, g.fhir_servers, g.open_servers, client.iss if client else ""),
        runtime.memory_for(caller_name(), holder_of_cards(service.id)),
        runtime.settings.evaluation_ms,
        null_is_failed=bool(client and client.null_means_failed),
        dialect=client.dialect if client else runtime.clients.shared_dialect(),
        links=client.links if client else (),
        client=client.name if client else "",
    )
    return answer_call(body, service, means)


def _now(runtime: Runtime) -> datetime:
    """When the call is answered; a candidate answers it at the same time."""
    g.now = runtime.now()
    now: datetime = g.now
    return now


def _response(answer: Answer) -> Response:
    if answer.status == 200:
        return json_response(answer.payload)
    return outcome_response_of(answer.payload, answer.status)
