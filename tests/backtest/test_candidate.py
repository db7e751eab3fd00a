"""A candidate on replayed calls says, call by call, what the back-test of the same data says.

The long run, 10,000 calls, is `python -m bench.candidate --agree 10000`.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from random import Random
from typing import Any

from cards import Card, load_knowledge
from cds_service.backtest.job import Job, KnowledgeSource, knowledge_from
from cds_service.backtest.replay import Call, Pair, history_of, replay
from cds_service.run.settings import Settings
from cds_service.web.app import create_app
from cds_service.web.runtime import Runtime
from fixtures.synthetic.generate import Written, patient
from tests.backtest.exports import SHIPPED, bare_job
from tests.calls import post
from tests.conftest import Kept, settings_with
from tests.knowledge.asking import FOLDER

Json = dict[str, Any]
NEW = """
thresholds:
  limit.lower.default: {value: 0.74, unit: mmol/L}
  fresh.ambulatory.actionable: {value: 48, unit: h}
rules: {off: [magnesium_is_mildly_low]}
cards: {maximum: 1}
"""
FEW = 300
OF_WARDS = "candidate: {file: new.yaml, units: [ward]}\n"
WARDS = frozenset({"General medicine", "Surgery"})  # as the export names them


class Beside:
    """A service with a candidate, with a clock that is set to the moment of each call."""

    def __init__(self, site: str | None = None) -> None:
        self._now, self._books = datetime.min.replace(tzinfo=UTC), Kept()
        live = load_knowledge(FOLDER, site)
        settings: Settings = settings_with()
        candidates = {"": load_knowledge(FOLDER, NEW)}
        self._runtime = Runtime(settings, live, (), now=lambda: self._now, books=self._books, candidates=candidates)
        self._client = create_app(self._runtime).test_client()

    def record(self, call: Call) -> Json | None:
        """The record of the candidate at a call; None where it was not asked."""
        self._now = call.moment.when
        post(self._client, call.request, f"magnesium-{call.moment.hook}")
        self._runtime.after.flush()
        found = [one for one in self._books.kept if one["kind"] == "candidate"]
        self._books.kept.clear()
        assert len(found) <= 1
        return found[0] if found else None


def job() -> Job:
    """A back-test of the candidate against what is live."""
    tried = KnowledgeSource("new", NEW)
    versions = (knowledge_from(tried).version, knowledge_from(SHIPPED).version)
    return replace(bare_job(), candidate=tried, baseline=SHIPPED, versions=versions)


def pairs(of: Job) -> Iterator[Pair]:
    """The calls of one invented patient after the other."""
    for number in Random(5).sample(range(100_000), 100_000):
        record = list(patient(number, 7, 0.9, Written()))
        yield from replay(of, history_of(of, record[0]["id"], record, {}))


def titled(cards: tuple[Card, ...]) -> dict[str, str]:
    return {card.rules[0]: card.indicator.word for card in cards}


def shown(rules: list[list[str]], side: int) -> dict[str, str]:
    return {rule[0]: rule[side + 1] for rule in rules if rule[side] == "shown"}


def compared(calls: int, site: str | None = None, units: frozenset[str] = frozenset()) -> dict[str, int]:
    """Assert that so many calls agree, of the units that the site names (all without); how many cards there were on
    each side, how many calls differ, and how many the candidate was not asked.
    """
    service, seen = Beside(site), {"calls": 0, "live": 0, "trial": 0, "differ": 0, "elsewhere": 0}
    for pair in pairs(job()):
        assert pair.tried and pair.compared and pair.tried.request == pair.compared.request
        record, trial, live = service.record(pair.compared), titled(pair.tried.cards), titled(pair.compared.cards)
        here = not units or pair.compared.unit in units
        assert (record is not None) == here
        counts = {"calls": 1, "elsewhere": 1}
        if record:
            assert (record["status"], record["live_status"]) == (pair.tried.answer.status, pair.compared.answer.status)
            assert (shown(record["rules"], 1), shown(record["rules"], 3)) == (trial, live)
            counts = {"calls": 1, "live": len(live), "trial": len(trial), "differ": trial != live}
        seen = {name: n + counts.get(name, 0) for name, n in seen.items()}
        if seen["calls"] == calls:
            break
    return seen


def test_a_candidate_agrees_call_by_call_with_a_back_test_of_the_same_data() -> None:
    seen = compared(FEW)
    assert seen.pop("elsewhere") == 0 and seen["calls"] == FEW and min(seen.values()) > 10, seen


def test_a_candidate_of_some_units_answers_the_calls_that_a_back_test_sees_there_and_no_others() -> None:
    seen = compared(FEW, OF_WARDS, WARDS)
    assert seen["calls"] == FEW and min(seen.values()) >= 5, seen
