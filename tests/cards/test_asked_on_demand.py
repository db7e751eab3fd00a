"""A rule that nothing started is asked on demand: the cards and the trace are those of asking every rule at once."""

import gc
from collections.abc import Iterable, Iterator
from importlib import import_module
from typing import NoReturn

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.bodies import SHAPES, WITH_CARDS, shaped
from cards import SERVICES, Decision, Knowledge, Snapshot, prefetch_templates
from cards.model import Answers
from cds_service.answer_call import Means, answer_call
from cds_service.run.settings import MissingData
from tests.calls import SERVICE_OF, request_for
from tests.cards.chart import NOW, Json, cases, decide, knowledge, knowledge_of, snapshot
from tests.cards.patients import charts, treatable
from tests.cards.quiet import HOOKS, on_hook
from tests.cards.quiet import patients as quiet_patients
from tests.cards.test_drafts_that_concern_nobody import fixture_snapshots
from tests.cards.test_properties import examples

DECIDE = import_module("cards.decide")
ALL = [pytest.param(case["chart"], id=f"{rule}-{case['name']}") for rule, case in cases()]


class AtOnce(Answers):
    """All rules are asked, in their order, when the first is."""

    def ask(self, names: Iterable[str]) -> None:
        super().ask(names if self.asked else list(self))


def told(decision: Decision) -> object:
    trace = decision.trace
    rules = [(r.rule, r.outcome, r.why, r.decided) for r in trace.rules]
    return [card.body for card in decision.cards], decision.cannot_tell, decision.on_trial, rules, trace.quiet


def assert_agrees(shot: Snapshot, known: Knowledge | None = None) -> int:
    """That cards and trace are those of asking every rule at once; how many rules were spared."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DECIDE, "Answers", AtOnce)
        at_once = told(decide(shot, known=known))
    decision = decide(shot, known=known)
    spared = len(decision.trace.answers) - len(decision.trace.answers.asked)
    assert told(decision) == at_once
    return spared


@pytest.mark.parametrize("chart", ALL)
def test_in_every_case(chart: Json) -> None:
    assert_agrees(snapshot(chart), knowledge_of(chart))


@examples
@given(st.one_of(charts(), treatable()))
def test_of_any_patient(chart: Json) -> None:
    assert_agrees(snapshot(chart))


def test_in_every_fixture_and_of_well_patients() -> None:
    well = (snapshot(on_hook(chart, hook, n)) for n, chart in enumerate(quiet_patients(count=60)) for hook in HOOKS)
    assert sum(assert_agrees(shot) for shot in (*fixture_snapshots(), *well))


def means() -> Means:
    ids: Iterator[int] = iter(range(10**6))
    keys = tuple(prefetch_templates(knowledge()))
    return Means(knowledge(), NOW, lambda: str(next(ids)), keys, MissingData.CARD)


def test_a_quiet_chart_never_reads_medicines(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(*_: object) -> NoReturn:
        raise AssertionError("read")

    monkeypatch.setattr("cards.chart.gather.medications", read)
    service = next(service for service in SERVICES if service.hook == "patient-view")
    for shape in ("quiet", "large_quiet"):
        decision = answer_call(shaped(shape, NOW), service, means()).decision
        assert not decision.cards and not decision.trace.failures
    decision = answer_call(shaped("usual", NOW), service, means()).decision
    assert decision.trace.failures, "a chart with low magnesium needs its medicines"


@pytest.mark.parametrize("hook", SERVICE_OF)
def test_a_call_leaves_nothing_for_the_collector(hook: str) -> None:
    service = next(service for service in SERVICES if service.hook == hook)
    body, given_means = request_for(hook, NOW), means()
    answer_call(body, service, given_means)  # what is kept for good is kept by the first call
    gc.collect()
    gc.disable()
    try:
        answer_call(body, service, given_means)
        assert gc.collect() == 0, "objects of a call hold each other: they stay until the collector comes"
    finally:
        gc.enable()


def test_every_shape_is_what_its_name_says() -> None:
    for shape, hook in SHAPES.items():
        body = shaped(shape, NOW)
        service = next(service for service in SERVICES if service.hook == body["hook"] == hook)
        decision = answer_call(body, service, means()).decision
        assert bool(decision.cards) == (shape in WITH_CARDS)
        assert decision.trace.chart.concerns_nobody == (shape == "irrelevant_draft")
