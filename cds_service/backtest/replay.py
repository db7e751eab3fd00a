"""One patient, replayed: every call an EHR would have made, answered by the live decision code."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus

from cards import SERVICES, Decision, Knowledge, Service, prefetch_templates
from cds_service.backtest.asof import entries_of
from cds_service.backtest.chart import Chart
from cds_service.backtest.job import Job, knowledge_of_job
from cds_service.backtest.moments import OPENING_ANALYTES, Moment, moments
from cds_service.backtest.windows import CodeKey, Window, windows
from cds_service.errors import JsonDict
from cds_service.evaluate import Answer, evaluate
from cds_service.settings import MissingData

_BY_HOOK: Mapping[str, Service] = {service.hook: service for service in SERVICES}


@dataclass(frozen=True, slots=True)
class Decider:
    """A knowledge and what follows from it for reading a record."""

    knowledge: Knowledge
    windows: tuple[Window, ...]
    keys: tuple[str, ...]

    @classmethod
    def of(cls, knowledge: Knowledge) -> "Decider":
        """The decider of a knowledge."""
        templates = prefetch_templates(knowledge)
        return cls(knowledge, windows(templates), tuple(templates))

    def answer(self, request: JsonDict, moment: Moment) -> Answer:
        """The answer of the service to a call at a moment."""
        service = _BY_HOOK[moment.hook]
        return evaluate(
            service, request, self.knowledge, moment.when, _no_id, self.keys, MissingData.PRECONDITION_FAILED
        )


def _no_id() -> str:
    return "-"


@dataclass(frozen=True, slots=True)
class Call:
    """One call and its answers: of the knowledge that is tried, and of the one it is compared with."""

    moment: Moment
    unit: str
    answer: Answer
    compared: Answer | None

    @property
    def decision(self) -> Decision:
        """The decision of the knowledge that is tried."""
        return self.answer.decision


@lru_cache(maxsize=4)
def deciders(job: Job) -> tuple[Decider, ...]:
    """What is tried, then what it is compared with."""
    return tuple(map(Decider.of, knowledge_of_job(job)))


@lru_cache(maxsize=4)
def opening_codes(job: Job) -> frozenset[CodeKey]:
    """The codes of results after which the chart is opened, with either knowledge."""
    return frozenset(c for k in knowledge_of_job(job) for c in k.terminology.codes_of(OPENING_ANALYTES))


def is_told(answer: Answer) -> bool:
    """Whether the service answered with cards or none, and not that it cannot tell."""
    return answer.status is HTTPStatus.OK


def replay(job: Job, chart: Chart) -> Iterator[Call]:
    """Every call of a patient within the job's period, in order of time."""
    tried, *others = deciders(job)
    for moment in moments(chart.entries, opening_codes(job), job.now):
        if not _is_within(job, moment):
            continue
        request, unit = chart.call(moment)
        compared = None
        for other in others:
            same = other.windows == tried.windows
            asked = request if same else chart.seen_by(other.windows).call(moment)[0]
            compared = other.answer(asked, moment)
        yield Call(moment, unit, tried.answer(request, moment), compared)


def _is_within(job: Job, moment: Moment) -> bool:
    return (job.since is None or moment.when >= job.since) and (job.until is None or moment.when < job.until)


def chart_of(job: Job, patient_id: str, resources: list[JsonDict], medications: Mapping[str, JsonDict]) -> Chart:
    """The record of a patient, as the knowledge that is tried asks for it."""
    return Chart(patient_id, tuple(entries_of(resources)), deciders(job)[0].windows, job.present, medications)
