"""Advice that was answered is not repeated for a while, on any hook, unless it got worse."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from cards.model import Answered, Decision, Indicator
from tests.cards.chart import NOW, Chart, decide, snapshot

SEVERE: Chart = {"setting": "inpatient", "magnesium": 1.15, "labs": {"egfr": 80, "potassium": 4.2}}
MODERATE: Chart = {"setting": "ambulatory", "magnesium": 1.4, "labs": {"egfr": 80, "potassium": 4.2}}
OMEPRAZOLE: Chart = {"rxcui": 7646, "text": "omeprazole", "route": "oral"}
SOTALOL: Chart = {"rxcui": 9947, "text": "sotalol", "route": "oral"}
HEART_BLOCK, MYASTHENIA = "I44.2", "G70.00"
IV_DRAFT: Chart = {"rxcui": 1658262, "text": "magnesium sulfate", "route": "intravenous"}
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

    def shown(self, names: Sequence[str]) -> dict[str, datetime]:
        return {}

    def show(self, names: Sequence[str], at: datetime) -> None:
        """Forget it."""

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


@pytest.mark.parametrize(
    "change",
    [
        {"labs": {"egfr": 80, "potassium": 2.4}},
        {"labs": {"egfr": 80, "potassium": 4.2, "qtc": 495}},
        {"labs": {"egfr": 20, "potassium": 4.2}},
        {"medications": [{**SOTALOL, "days": 3}]},
        {"medications": [{"rxcui": 3407, "text": "digoxin", "route": "oral", "days": 3}]},
        {"conditions": [{"code": "26544005", "system": "snomed", "hours": 1}]},
    ],
    ids=["low potassium", "long QTc", "weak kidneys", "a QT drug", "digoxin", "a symptom"],
)
def test_a_new_danger_is_said_though_the_card_cannot_get_more_urgent(change: dict[str, Any]) -> None:
    worse = {**SEVERE, **change}
    assert {decide(snapshot(c)).cards[0].indicator for c in (SEVERE, worse)} == {Indicator.CRITICAL}
    assert "magnesium_is_severely_low" in leads(asked_again(SEVERE, worse))


def test_a_second_reason_against_the_same_draft_is_said() -> None:
    block = {**SEVERE, "drafts": [IV_DRAFT], "conditions": [HEART_BLOCK]}
    both = {**block, "conditions": [HEART_BLOCK, MYASTHENIA]}
    assert "draft_magnesium_is_unsafe" not in leads(asked_again(block, block))
    assert "draft_magnesium_is_unsafe" in leads(asked_again(block, both))


def test_another_drug_that_meets_the_same_draft_is_said() -> None:
    calm: Chart = {"setting": "ambulatory", "magnesium": 2.0, "labs": {"egfr": 80}}
    oral = {"rxcui": 6582, "text": "magnesium oxide 400 mg", "route": "oral"}
    taken = {"rxcui": 10582, "text": "levothyroxine", "route": "oral", "days": 90}
    other = {"rxcui": 1433868, "text": "dolutegravir", "route": "oral", "days": 2}
    one: Chart = {**calm, "drafts": [oral], "medications": [taken]}
    assert "magnesium_blocks_absorption" in leads(decide(snapshot(one)))
    assert "magnesium_blocks_absorption" not in leads(asked_again(one, one))
    assert "magnesium_blocks_absorption" in leads(asked_again(one, {**one, "medications": [taken, other]}))


def test_a_long_qtc_beside_a_drafted_qt_drug_is_said_though_low_potassium_was_answered() -> None:
    drafted = {"setting": "ambulatory", "magnesium": {"value": 0.72, "unit": "mmol/L"}, "drafts": [SOTALOL]}
    before: Chart = {**drafted, "labs": {"egfr": 80, "potassium": 2.8}}
    after: Chart = {**drafted, "labs": {"egfr": 80, "potassium": 2.8, "qtc": 520}}
    assert "draft_prolongs_qt" not in leads(asked_again(before, before))
    assert "draft_prolongs_qt" in leads(asked_again(before, after))


def test_another_draft_that_is_no_concern_changes_nothing() -> None:
    selecting = {**MODERATE, "drafts": [OMEPRAZOLE]}
    paracetamol = {"rxcui": 161, "text": "paracetamol", "route": "oral"}
    assert asked_again(selecting, {**selecting, "drafts": [OMEPRAZOLE, paracetamol]}).cards == ()


def test_a_new_ionised_magnesium_is_said() -> None:
    before, after = ({"setting": "ambulatory", "labs": {"magnesium_ionised": value}} for value in (0.42, 0.20))
    assert asked_again(before, before).cards == ()
    assert leads(asked_again(before, after)) == ["ionised_magnesium_is_low"]


def test_a_new_potassium_that_stays_low_is_said() -> None:
    replaced = [{"text": "potassium chloride 20 MEQ oral tablet", "hours": 48}]
    chart: Chart = {"setting": "inpatient", "medications": replaced}
    before, after = ({**chart, "labs": {"egfr": 80, "potassium": value}} for value in (3.4, 2.3))
    assert asked_again(before, before).cards == ()
    assert "low_potassium_needs_magnesium_check" in leads(asked_again(before, after))


def test_critical_advice_is_never_quiet_for_days() -> None:
    critical: Chart = {**MODERATE, "magnesium": {"value": 0.33, "unit": "mmol/L"}}
    assert asked_again(critical, critical, hours_ago=11.9).cards == ()
    assert asked_again(critical, critical, hours_ago=12).cards


def test_what_was_accepted_and_is_still_to_be_done_is_not_quiet_for_days() -> None:
    assert asked_again(MODERATE, MODERATE, "accepted", hours_ago=11.9).cards == ()
    assert asked_again(MODERATE, MODERATE, "accepted", hours_ago=12).cards


def test_where_the_setting_is_not_known_the_short_time_holds() -> None:
    known = {key: value for key, value in MODERATE.items() if key != "setting"}
    unknown = {**known, "missing": ["encounters"]}
    assert asked_again(unknown, unknown, hours_ago=11.9).cards == ()
    assert asked_again(unknown, unknown, hours_ago=12).cards


def test_a_doubtful_result_that_was_answered_is_quiet_for_the_short_time() -> None:
    implausible: Chart = {**MODERATE, "magnesium": {"value": 0.05, "unit": "mmol/L"}}
    assert leads(decide(snapshot(implausible))) == ["result_is_implausible"]
    assert asked_again(implausible, implausible, hours_ago=11.9).cards == ()
    assert asked_again(implausible, implausible, hours_ago=12).cards


def test_a_warning_about_a_draft_that_had_no_room_is_said_once_there_is() -> None:
    busy: Chart = {
        **MODERATE,
        "medications": [{"rxcui": 6582, "text": "magnesium oxide 400 mg", "route": "oral", "days": 30}],
        "drafts": [SOTALOL, OMEPRAZOLE, {"rxcui": 719872, "text": "raltegravir", "route": "oral"}],
    }
    first = leads(decide(snapshot(busy)))
    assert len(first) == 3 and "magnesium_blocks_absorption" not in first
    assert leads(asked_again(busy, busy)) == ["magnesium_blocks_absorption"]


class Broken(Answers):
    """A memory one part of which fails, or tells what is none."""

    def __init__(self, part: str, value: Any = None) -> None:
        super().__init__()
        self.part, self.value = part, value

    def __getattribute__(self, name: str) -> Any:
        if name in ("part", "value") or name != self.part:
            return super().__getattribute__(name)
        return self._tells

    def _tells(self, *_: object) -> Any:
        if self.value is None:
            raise ValueError("year 0 is out of range")
        return self.value


NAIVE = NOW.replace(tzinfo=None) - timedelta(hours=2)
FAULTS: list[tuple[str, Any]] = [
    *((part, None) for part in ("card_id", "answer_to", "shown")),
    ("answer_to", Answered("overridden", "", NAIVE, Indicator.CRITICAL)),
    ("answer_to", "no answer"),
]
TOLD_OF = ["no id", "no answer", "nothing shown", "no zone", "no answer at all"]


@pytest.mark.parametrize(("part", "value"), FAULTS, ids=TOLD_OF)
@pytest.mark.parametrize("chart", [SEVERE, {**MODERATE, "medications": [OMEPRAZOLE]}], ids=["severe", "moderate"])
def test_no_fault_of_the_memory_costs_a_card_and_the_trace_tells_it(chart: Chart, part: str, value: Any) -> None:
    patient = replace(snapshot(chart), user="Practitioner/1")
    broken = decide(patient, memory=Broken(part, value))
    usual = decide(patient, memory=Answers())
    assert [card.body["summary"] for card in broken.cards] == [card.body["summary"] for card in usual.cards] != []
    assert not broken.trace.failures and not usual.trace.not_recalled
    if part in ("answer_to", "card_id") or chart is not SEVERE:
        assert broken.trace.not_recalled and broken.trace.not_recalled.why.startswith("the memory failed: ")


@pytest.mark.parametrize(("hours_ago", "cards"), [(-0.5, 0), (-2.0, 1)])
def test_an_answer_from_a_time_to_come_counts_only_as_far_as_clocks_differ(hours_ago: float, cards: int) -> None:
    assert len(asked_again(SEVERE, SEVERE, hours_ago=hours_ago).cards) == cards
