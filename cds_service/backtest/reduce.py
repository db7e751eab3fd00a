"""Second half: the patients of one bucket, replayed and counted."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

from cards import Card, Decision, Finding, is_id
from cds_service.backtest.asked import asked_of
from cds_service.backtest.buckets import read_bucket
from cds_service.backtest.burden import BURDENS, BurdenOfPatient
from cds_service.backtest.compare import compare, suggestion_labels
from cds_service.backtest.example import example_of
from cds_service.backtest.job import BacktestError, Job, knowledge_of_job
from cds_service.backtest.medications import find_medications
from cds_service.backtest.outcomes import OutcomesOfPatient
from cds_service.backtest.patient_history import PatientHistory, medication_reference
from cds_service.backtest.quality import FAILED, count_data
from cds_service.backtest.replay import Call, history_of, is_told, replay
from cds_service.backtest.tally import Row, Tally, write_result
from cds_service.errors import JsonDict

UNIT_UNKNOWN = "Unit not told"
_REPEATED_WITHIN = timedelta(hours=24)
_NAMING = "drugs_cause_low_magnesium"


@dataclass(frozen=True, slots=True)
class Reduced:
    """How much a bucket was."""

    patients: int
    calls: int
    cards: int


def reduced_path(job: Job, number: int) -> Path:
    """Where the result of a bucket is; it is there when the bucket is done."""
    return job.folder / "buckets" / f"{number:06}.json"


def reduce_bucket(job: Job, number: int) -> Reduced:
    """Replay the patients of a bucket and write down what came of it: no identifiers, dates only in the rows."""
    patients, replaced = read_bucket(job, number)
    medications = find_medications(job, (medication_reference(r) for _, listed in patients for r in listed))
    tally, rows = Tally(), list[Row]()
    tally.count("totals", "replaced", replaced)
    asked = asked_of(job)
    for patient_id, resources in patients:
        if not any(map(asked.is_read, resources)):
            continue
        own, cards = _patient(job, patient_id, resources, medications)
        rows += [replace(row, patient=tally.patients) for row in cards]
        tally.add(own)
    write_result(reduced_path(job, number), tally, rows)
    return Reduced(tally.patients, tally.total("calls"), tally.total("cards"))


def _patient(
    job: Job, patient_id: str, resources: list[JsonDict], medications: Mapping[str, JsonDict]
) -> tuple[Tally, list[Row]]:
    """What came of one patient. A record that we cannot cope with is left out whole and must not stop the others."""
    left_out = Tally(patients=1)
    if not is_id(patient_id):
        left_out.count("totals", "patients_left_out")
        return left_out, []
    try:
        return _replayed(job, history_of(job, patient_id, resources, medications), resources)
    except (BacktestError, MemoryError, OSError):
        raise
    except Exception as problem:
        left_out.count(FAILED, type(problem).__name__)
        left_out.change(FAILED, 0)
        return left_out, []


def _replayed(job: Job, history: PatientHistory, resources: Iterable[JsonDict]) -> tuple[Tally, list[Row]]:
    tally, rows, units, unusable = Tally(patients=1), list[Row](), set[str](), set[str]()
    count_data(job, history, resources, tally)
    burdens = _burdens(job, history)
    followed = OutcomesOfPatient(burdens[0].knowledge, burdens[0].given, job.split)
    for pair in replay(job, history):
        for burden, made in zip(burdens, (pair.tried, pair.compared), strict=False):
            if made:
                burden.count(made, tally)
        if job.baseline:
            compare(pair, 0, tally)
        if call := pair.tried:
            followed.see(call)
            rows += _call(job, call, tally)
            units.add(_unit(call))
            unusable.update(_unusable(call.decision))
    followed.count(tally)
    tally.count("totals", "patients_with_calls", bool(units))
    tally.count("totals", "patients_with_cards", bool(rows))
    tally.count("totals", "repeats", _repeats(rows))
    tally.count_all("patients_by_unit", units)
    tally.count_all("set_aside", unusable)
    return tally, rows


def _burdens(job: Job, history: PatientHistory) -> list[BurdenOfPatient]:
    """Of what is tried, then of what it is compared with."""
    return [
        BurdenOfPatient(name, history, k, job.hooks) for name, k in zip(BURDENS, knowledge_of_job(job), strict=False)
    ]


def _unit(call: Call) -> str:
    return call.unit or UNIT_UNKNOWN


def _unusable(decision: Decision) -> Iterator[str]:
    """Why results could not be used; that only the newest are looked at is no fault of the data."""
    told = (item for item in decision.trace.chart.set_aside if not item.what.startswith("prefetch"))
    yield from (f"{item.what} {item.why}" for item in told)


def _call(job: Job, call: Call, tally: Tally) -> Iterator[Row]:
    cards = call.cards
    _count_call(call, len(cards), tally)
    if cards:
        tally.count_all("culprits", culprits(call.decision))
        _examples(job, call, tally)
    for card in cards:
        _count_card(card, tally)
        yield _row(call, card)


def _count_call(call: Call, cards: int, tally: Tally) -> None:
    day = str(call.moment.when.date().toordinal())
    for name, key in (("hook", call.moment.hook), ("unit", _unit(call)), ("day", day)):
        tally.count(f"calls_by_{name}", key)
        tally.count(f"cards_by_{name}", key, cards)
    tally.count("totals", "calls")
    tally.count("totals", "cards", cards)
    tally.count("totals", "calls_with_cards", bool(cards))
    tally.count("totals", "cannot_tell", not is_told(call.answer))
    for what, (unread, listed) in call.decision.trace.chart.reading.items():
        tally.count("entries", what.value, listed)
        tally.count("entries_understood", what.value, listed - unread)


def _count_card(card: Card, tally: Tally) -> None:
    tally.count("by_leading_rule", card.rules[0])
    tally.count("by_indicator", card.indicator.word)
    tally.count_all("by_rule", card.rules)
    tally.count_all("suggestions", suggestion_labels(card.body))


def _row(call: Call, card: Card) -> Row:
    return Row(
        patient=0,
        second=int(call.moment.when.timestamp()),
        hook=call.moment.hook,
        setting=call.decision.trace.chart.setting.value,
        indicator=card.indicator.word,
        rule=card.rules[0],
        rules=";".join(card.rules),
        suggestions=len(card.suggestion_uuids),
    )


def culprits(decision: Decision) -> Sequence[str]:
    """The drugs that the cards name as a cause of low magnesium; none where the service never asks for causes."""
    answer = decision.trace.answers.get(_NAMING)
    spoken = any(_NAMING in card.rules for card in decision.cards)
    return answer.values["names"].split(", ") if spoken and isinstance(answer, Finding) else ()


def _examples(job: Job, call: Call, tally: Tally) -> None:
    missing = [card for card in call.decision.cards if card.rules[0] not in tally.examples]
    if missing:
        told = example_of(call, knowledge_of_job(job)[0])
        for card in missing:
            tally.example(card.rules[0], 0, told)


def _repeats(rows: list[Row]) -> int:
    """Cards that repeat one of the same leading rule of the day before."""
    by_rule: dict[str, list[int]] = {}
    for row in rows:
        by_rule.setdefault(row.rule, []).append(row.second)
    within = _REPEATED_WITHIN.total_seconds()
    return sum(later - earlier < within for seconds in by_rule.values() for earlier, later in pairwise(seconds))
