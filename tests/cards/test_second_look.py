"""What a second look asks for, by what is known so far: decided in `cards`, asked by whoever can ask."""

import sys
from typing import Any

import pytest

from cards import IF_SENT, INPUTS, further_queries
from tests.cards.chart import NOW, knowledge, snapshot

USUAL = {asked.key for asked in IF_SENT if not asked.beside}
BLOCKER = {"text": "rocuronium 50 mg IV", "route": "intravenous"}
RUNNING = {"rxcui": 1658262, "route": "intravenous", "dose": [4, "g"], "rate": [1, "g/h"], "hours": 2}
RUNNING |= {"given": True, "status": "in-progress"}


def asked(**chart: Any) -> set[str]:
    return set(further_queries(snapshot(chart), knowledge(), NOW))


@pytest.mark.parametrize(
    "chart",
    [
        {"magnesium": 1.6},
        {"magnesium": 2.7},
        {"magnesium": 2.1, "conditions": [{"code": "I47.21", "hours": 1}]},
        {"conditions": [{"text": "Seizure", "hours": 1}]},
        {"magnesium": 2.1, "drafts": [{"text": "magnesium oxide 400 mg", "route": "oral"}]},
        {"magnesium": 2.1, "drafts": [BLOCKER]},
        {"magnesium": 2.1, "medications": [RUNNING]},
    ],
)
def test_where_magnesium_matters_it_is_asked_for(chart: dict[str, Any]) -> None:
    assert asked(**chart) == USUAL


@pytest.mark.parametrize(
    "chart",
    [
        {},
        {"magnesium": 1.7},
        {"magnesium": 2.6},
        {"magnesium": {"value": 1.0, "hours_ago": 24 * 91}, "setting": "ambulatory"},
        {"magnesium": 2.1, "conditions": [{"code": "I47.21", "hours": 25}]},
        {"magnesium": 2.1, "drafts": [{"text": "furosemide 40 mg", "route": "oral"}]},
        {"magnesium": 1.0, "conditions": ["Comfort care only"]},
    ],
)
def test_elsewhere_nothing_is_asked_for(chart: dict[str, Any]) -> None:
    assert asked(**chart) == set()


def test_devices_are_asked_for_beside_heart_block_only() -> None:
    assert asked(magnesium=1.0, conditions=["I44.2"]) == USUAL | {"devices"}
    assert asked(magnesium=1.0, conditions=["I44.0"]) == USUAL


def test_a_second_look_has_six_queries_at_most() -> None:
    assert len(IF_SENT) + sum(asked.second_look for asked in INPUTS) <= 6


def test_a_fault_in_the_first_look_asks_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["cards.decide"], "second_look", lambda _: 1 / 0)
    assert asked(magnesium=1.0) == set()
