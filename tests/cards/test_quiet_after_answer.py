"""Advice that was answered is not repeated for a while, on any hook, unless it got worse."""

from datetime import timedelta
from typing import Any

import pytest

from cards.model import Answered, Decision, Indicator
from tests.cards.chart import NOW, Chart, decide, snapshot

SEVERE: Chart = {"setting": "inpatient", "magnesium": 1.15, "labs": {"egfr": 80, "potassium": 4.2}}
MODERATE: Chart = {"setting": "ambulatory", "magnesium": 1.4, "labs": {"egfr": 80, "potassium": 4.2}}
OMEPRAZOLE: Chart = {"rxcui": 7646, "text": "omeprazole", "route": "oral"}
SOTALOL: Chart = {"rxcui": 9947, "text": "sotalol", "route": "oral"}
TORSADES = [{"code": "I47.21", "hours": 1}]


class Answers:
    """Remembers in the clear what was advised, and answers what it is told to."""

    def __init__(self) -> None:
        self.advised: dict[str, Indicator] = {}
        self.answered: dict[str, Answered] = {}

    def card_id(self, advice: str, indicator: Indicator) -> str:
        self.advised[advice] = indicator
        return f"card {len(self.advised)}"

    def answer_to(self, advice: str) -> Answered | None:
        return self.answered.get(advice)

    def answer_all(self, outcome: str, hours_ago: float, reason: str = "") -> None:
        at = NOW - timedelta(hours=hours_ago)
        self.answered = {a: Answered(outcome, reason, at, i) for a, i in self.advised.items()}


def asked_again(
    first: Chart, second: Chart, outcome: str = "overridden", hours_ago: float = 2, reason: str = ""
) -> Decision:
    """The second chart's decision, after every card of the first was answered."""
    memory = Answers()
    assert decide(snapshot(first), memory=memory).cards
    memory.answer_all(outcome, hours_ago, reason)
    return decide(snapshot(second), memory=memory)


def leads(decision: Decision) -> list[str]:
    return [card.rules[0] for card in decision.cards]


def test_without_a_memory_everything_is_said_and_ids_are_the_callers() -> None:
    assert all(card.uuid.startswith("00000000-") for card in decide(snapshot(SEVERE)).cards)


def test_the_id_of_a_card_comes_from_the_memory() -> None:
    assert [card.uuid for card in decide(snapshot(SEVERE), memory=Answers()).cards] == ["card 1"]


def test_an_answer_of_this_hour_is_told_in_minutes() -> None:
    told = {r.rule: r.why for r in asked_again(SEVERE, SEVERE, "accepted", hours_ago=0.3).trace.rules}
    assert told["magnesium_is_severely_low"] == "accepted 18 min ago: quiet for 12 h"


@pytest.mark.parametrize("outcome", ["accepted", "overridden"])
def test_answered_advice_is_not_repeated_and_the_trace_says_so(outcome: str) -> None:
    decision = asked_again(SEVERE, SEVERE, outcome)
    assert decision.cards == ()
    told = {r.rule: r for r in decision.trace.rules}["magnesium_is_severely_low"]
    assert (told.outcome, told.why) == ("quiet", f"{outcome} 2.0 h ago: quiet for 12 h")


@pytest.mark.parametrize(
    ("chart", "hours_ago", "reason", "quiet"),
    [
        (SEVERE, 11.9, "", True),
        (SEVERE, 12, "", False),
        (MODERATE, 167.9, "", True),
        (MODERATE, 168, "", False),
        (SEVERE, 0.9, "need-more-info", True),
        (SEVERE, 1, "limited-time", False),
        (SEVERE, 1, "patient-refuses", True),
    ],
)
def test_how_long_it_is_quiet(chart: Chart, hours_ago: float, reason: str, quiet: bool) -> None:
    assert (leads(asked_again(chart, chart, "overridden", hours_ago, reason)) == []) is quiet


@pytest.mark.parametrize(
    "change",
    [
        {"magnesium": 1.10},
        {"magnesium": [{"value": 1.15}, {"value": 1.15, "hours_ago": 1}]},
        {"patient": {"age": 30, "sex": "female"}, "conditions": TORSADES},
        {"conditions": ["I44.2"]},
    ],
    ids=["another value", "a newer result", "an emergency", "another action"],
)
def test_what_changed_is_said(change: dict[str, Any]) -> None:
    assert asked_again(SEVERE, {**SEVERE, **change}).cards


def test_what_got_worse_is_said() -> None:
    risky = {**MODERATE, "medications": [{**SOTALOL, "days": 30}], "labs": {"egfr": 80, "potassium": 2.4, "qtc": 495}}
    before, after = (decide(snapshot(c)).cards[0] for c in (MODERATE, risky))
    assert after.indicator > before.indicator
    assert asked_again(MODERATE, risky).cards


def test_an_emergency_is_never_quiet() -> None:
    torsades = {**SEVERE, "conditions": TORSADES}
    assert leads(asked_again(torsades, torsades)) == ["emergency_needs_magnesium"]


def test_a_toxic_level_is_never_quiet() -> None:
    toxic = {**SEVERE, "magnesium": 9.0}
    assert "magnesium_is_high" in leads(asked_again(toxic, toxic))


def test_missing_data_is_never_quiet() -> None:
    missing: Chart = {"setting": "inpatient", "missing": ["magnesium"]}
    assert asked_again(missing, missing).cannot_tell


def test_advice_about_a_chart_is_quiet_on_every_hook() -> None:
    ordering = {**SEVERE, "drafts": [SOTALOL]}
    assert "magnesium_is_severely_low" in leads(decide(snapshot(ordering)))
    assert "magnesium_is_severely_low" not in leads(asked_again(SEVERE, ordering))


def test_an_overridden_warning_about_a_draft_is_not_repeated_when_it_is_signed() -> None:
    selecting = {**MODERATE, "drafts": [OMEPRAZOLE]}
    assert asked_again(selecting, {**selecting, "hook": "order-sign"}).cards == ()


def test_another_draft_is_warned_about() -> None:
    other = {**MODERATE, "drafts": [{"rxcui": 4603, "text": "furosemide", "route": "oral"}]}
    assert "draft_lowers_magnesium" in leads(asked_again({**MODERATE, "drafts": [OMEPRAZOLE]}, other))


def test_a_draft_that_was_to_be_replaced_and_is_still_there_is_warned_about() -> None:
    selecting = {**MODERATE, "drafts": [OMEPRAZOLE]}
    assert "draft_lowers_magnesium" in leads(asked_again(selecting, selecting, "accepted"))


def test_what_is_quiet_makes_no_room_for_what_was_not_urgent_enough() -> None:
    busy = {
        **SEVERE,
        "medications": [{**OMEPRAZOLE, "days": 800}, {"rxcui": 4603, "text": "furosemide", "days": 400}],
        "drafts": [SOTALOL, OMEPRAZOLE],
    }
    memory = Answers()
    first = decide(snapshot(busy), memory=memory)
    memory.answer_all("overridden", 1)
    assert len(first.cards) > 1 and decide(snapshot(busy), memory=memory).cards == ()
