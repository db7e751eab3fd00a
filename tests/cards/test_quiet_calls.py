"""A call that needs little reads little and leaves nothing behind; a shape of the benchmark is what its name says."""

import gc
from collections.abc import Iterator
from typing import NoReturn

import pytest

from bench.bodies import SHAPES, WITH_CARDS, shaped
from cards import SERVICES, prefetch_templates
from cds_service.answer_call import Means, answer_call
from cds_service.run.settings import MissingData
from tests.calls import SERVICE_OF, request_for
from tests.cards.chart import NOW, knowledge
from tests.conftest import leave_nothing_to_collect


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
    leave_nothing_to_collect()
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
