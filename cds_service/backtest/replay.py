"""One patient, replayed: every call an EHR would have made, answered by the live decision code."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from http import HTTPStatus

from cards import (
    SERVICES,
    About,
    Card,
    Decision,
    Knowledge,
    Service,
    Setting,
    prefetch_templates,
    setting_told,
)
from cds_service.answer_call import Answer, Means, answer_call
from cds_service.backtest.asof import entries_of
from cds_service.backtest.job import Job, knowledge_of_job
from cds_service.backtest.moments import HOME, Asked, Moment, moments
from cds_service.backtest.patient_history import PatientHistory
from cds_service.backtest.windows import CodeKey, Window, windows
from cds_service.errors import JsonDict
from cds_service.run.settings import MissingData

_BY_HOOK: Mapping[str, Service] = {service.hook: service for service in SERVICES}


@dataclass(frozen=True, slots=True)
class Decider:
    """A knowledge and what follows from it for reading a record; `openings`: codes after which the chart is opened.

    `at_home`: the windows of the service that speaks before a patient goes home.
    """

    knowledge: Knowledge
    windows: tuple[Window, ...]
    at_home: tuple[Window, ...]
    keys: tuple[str, ...]
    openings: frozenset[CodeKey]

    @classmethod
    def of(cls, knowledge: Knowledge) -> "Decider":
        """The decider of a knowledge."""
        templates = prefetch_templates(knowledge)
        openings = frozenset(knowledge.terminology.codes_of(knowledge.terminology.opening))
        at_home = windows(prefetch_templates(knowledge, About.DISCHARGE))
        return cls(knowledge, windows(templates), at_home, tuple(templates), openings)

    def is_admitted(self, stay: JsonDict) -> bool:
        """Whether an Encounter is a stay in hospital."""
        return setting_told(stay, self.knowledge) is Setting.INPATIENT

    def moments(self, job: Job, history: PatientHistory) -> list[Moment]:
        """When this knowledge would have been called."""
        return moments(history.entries, Asked(self.openings, self.is_admitted, job.now, job.hooks))

    def call(self, history: PatientHistory, moment: Moment) -> tuple[JsonDict, str]:
        """The hook call of a moment, and the unit it came from."""
        return history.call(moment, self.at_home if moment.hook == HOME else self.windows, _BY_HOOK[moment.hook].orders)

    def answer(self, request: JsonDict, moment: Moment) -> Answer:
        """The answer of the service to a call at a moment."""
        service = _BY_HOOK[moment.hook]
        means = Means(self.knowledge, moment.when, _no_id, self.keys, MissingData.PRECONDITION_FAILED)
        return answer_call(request, service, means)


def _no_id() -> str:
    return "-"


@dataclass(frozen=True, slots=True)
class Call:
    """One call with a knowledge, and its answer."""

    moment: Moment
    request: JsonDict
    unit: str
    answer: Answer

    @property
    def decision(self) -> Decision:
        """What was decided."""
        return self.answer.decision

    @property
    def cards(self) -> tuple[Card, ...]:
        """The cards that are told; none when the service answered that it cannot tell."""
        return self.decision.cards if is_told(self.answer) else ()


@dataclass(frozen=True, slots=True)
class Pair:
    """The call at one moment with the knowledge that is tried, and with the one it is compared with.

    None where a knowledge is not called, because it does not know the result that was filed.
    """

    tried: Call | None
    compared: Call | None


@lru_cache(maxsize=4)
def deciders(job: Job) -> tuple[Decider, ...]:
    """What is tried, then what it is compared with."""
    return tuple(map(Decider.of, knowledge_of_job(job)))


def is_told(answer: Answer) -> bool:
    """Whether the service answered with cards or none, and not that it cannot tell."""
    return answer.status is HTTPStatus.OK


class _Side:
    """One knowledge at one patient: its moments within the job's period, by time and hook."""

    def __init__(self, job: Job, decider: Decider, history: PatientHistory) -> None:
        self._decider = decider
        self._history = history if history.windows == decider.windows else history.seen_by(decider.windows)
        self.moments = {m.key: m for m in decider.moments(job, history) if _is_within(job, m)}

    def call(self, moment: Moment) -> Call:
        """The call at a moment, and its answer."""
        request, unit = self._decider.call(self._history, moment)
        return Call(moment, request, unit, self._decider.answer(request, moment))

    def call_like(self, moment: Moment, tried: Call | None, other: "_Side") -> Call:
        """The call at a moment; the same as that of another side need not be put together again."""
        if tried and tried.moment == moment and other._history is self._history:
            return replace(tried, answer=self._decider.answer(tried.request, moment))
        return self.call(moment)


def replay(job: Job, history: PatientHistory) -> Iterator[Pair]:
    """Every moment of a patient within the job's period at which either knowledge is called, in order of time."""
    tried, *others = [_Side(job, decider, history) for decider in deciders(job)]
    for key in sorted({key for side in (tried, *others) for key in side.moments}):
        call = tried.call(tried.moments[key]) if key in tried.moments else None
        compared = [side.call_like(side.moments[key], call, tried) for side in others if key in side.moments]
        yield Pair(call, compared[0] if compared else None)


def _is_within(job: Job, moment: Moment) -> bool:
    return (job.since is None or moment.when >= job.since) and (job.until is None or moment.when < job.until)


def history_of(
    job: Job, patient_id: str, resources: list[JsonDict], medications: Mapping[str, JsonDict]
) -> PatientHistory:
    """The record of a patient, as the knowledge that is tried asks for it."""
    return PatientHistory(patient_id, tuple(entries_of(resources)), deciders(job)[0].windows, job.present, medications)
