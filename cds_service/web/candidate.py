"""The candidate of a site on live calls: decides after the answer on the same data, is recorded and shown to nobody."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from http import HTTPStatus

from cards import Answered, Decision, Indicator, Knowledge, Memory, Service, decide, is_for_candidate
from cds_service.answer_call import Answer, is_refused
from cds_service.call.time_limit import watch, within
from cds_service.dialects import spoken
from cds_service.records.candidate_entry import Told, candidate_entry
from cds_service.records.log import record_failure
from cds_service.web.runtime import Runtime
from cds_service.web.this_request import ThisRequest

EVALUATED, LEFT_OUT, FAILED = "evaluated", "left out", "failed"


@dataclass(frozen=True, slots=True)
class AsBefore:
    """The memory as it was when the call came: what the answer to it showed does not count."""

    memory: Memory
    now: datetime

    def card_id(self, advice: str, indicator: Indicator) -> str:
        """An id that nobody gets."""
        return "-"

    def answer_to(self, advice: str) -> Answered | None:
        """The answer to advice that was given before."""
        found = self.memory.answer_to(advice)
        return found if found and found.at < self.now else None

    def shown(self, names: Sequence[str]) -> Mapping[str, datetime]:
        """When what has these names was shown, of what was shown before."""
        return {name: at for name, at in self.memory.shown(names).items() if at < self.now}


@dataclass(frozen=True, slots=True)
class LiveCall:
    """A call that was answered: the id of its record, when, and all that a candidate needs to answer it too.

    `status`: how it was answered, or would have been but for a trial.
    """

    ident: str
    request: str
    now: datetime
    service: Service
    who: Mapping[str, str]
    answer: Answer
    status: int
    memory: Memory | None


def try_candidate(ident: str, service: Service, this: ThisRequest, status: int, runtime: Runtime) -> None:
    """Have the candidate answer the call of this request soon, when there is one for it; nobody waits for it."""
    client, answer, now = this.client, this.answer, this.now
    candidate = runtime.candidate_for(client)
    if candidate is None or answer is None or now is None or not is_for_candidate(answer.decision.trace.chart):
        return
    memory = runtime.memory_for(this.caller, this.holder_of_cards(service.id))
    before = AsBefore(memory, now) if memory else None
    call = LiveCall(ident, this.ident, now, service, this.who, answer, status, before)
    dialect = client.dialect if client else runtime.clients.shared_dialect()
    links = client.links if client else ()

    def said(decision: Decision) -> Decision:
        return spoken(decision, dialect, _no_id, links)

    def work() -> None:
        try:
            _evaluate(call, candidate, said, runtime)
        except Exception as problem:  # a fault of the candidate is told, and concerns no answer
            record_failure(call.request, problem)
            runtime.metrics.candidate_call(FAILED)

    if not runtime.after.submit(work, this.body_bytes):
        runtime.metrics.candidate_call(LEFT_OUT)


def _no_id() -> str:
    return "-"


def _evaluate(call: LiveCall, candidate: Knowledge, said: Callable[[Decision], Decision], runtime: Runtime) -> None:
    """Decide, count and record."""
    began, settings = time.perf_counter(), runtime.settings
    snapshot = call.answer.decision.trace.chart.snapshot
    if settings.evaluation_ms:
        snapshot = replace(snapshot, watch=watch(settings.evaluation_ms))
    decision = within(settings.evaluation_ms, lambda: said(decide(snapshot, candidate, call.now, _no_id, call.memory)))
    status = HTTPStatus.PRECONDITION_FAILED if is_refused(decision, settings.missing_data) else HTTPStatus.OK
    milliseconds = 1000 * (time.perf_counter() - began)
    trial, live = Told(int(status), decision), Told(call.status, call.answer.decision)
    entry = candidate_entry(call.ident, call.now, call.service.id, call.who, trial, live, milliseconds)
    runtime.keep(entry)
    runtime.metrics.candidate_call(EVALUATED, trial.cards)
