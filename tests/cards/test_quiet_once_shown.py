"""What the same user was shown is not shown again at the next order, but for what is grave, unread or changed."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from cards.answer.shown import _ALWAYS_SAID
from cards.model import Answered, Decision
from cards.rules import RULES
from tests.cards.chart import NOW, Chart, decide, snapshot
from tests.cards.test_quiet_after_answer import Answers, leads
from tests.knowledge.asking import knowledge as with_site

USER = "Practitioner/one"
MODERATE: Chart = {"setting": "inpatient", "magnesium": 1.4, "labs": {"egfr": 80, "potassium": 4.2}}
MILD: Chart = {**MODERATE, "magnesium": 1.5}
SEVERE: Chart = {**MODERATE, "magnesium": 1.15}
OMEPRAZOLE: Chart = {"rxcui": 7646, "text": "omeprazole", "route": "oral"}
FUROSEMIDE: Chart = {"rxcui": 4603, "text": "furosemide", "route": "oral"}
OXIDE: Chart = {"rxcui": 6582, "text": "magnesium oxide 400 mg", "route": "oral"}
IV: Chart = {"rxcui": 1658262, "text": "magnesium sulfate", "route": "intravenous"}
LEVOTHYROXINE: Chart = {"rxcui": 10582, "text": "levothyroxine", "route": "oral", "days": 90}
LOWERS = "draft_lowers_magnesium"
LEVEL = "magnesium_is_moderately_low"
ABSORPTION = "magnesium_blocks_absorption"
MEETING: Chart = {"setting": "ambulatory", "magnesium": 2.0, "labs": {"egfr": 80}, "medications": [LEVOTHYROXINE]}


class Eyes(Answers):
    """Remembers in the clear what was shown, too."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: dict[str, datetime] = {}
        self.written: list[Sequence[str]] = []

    def shown(self, names: Sequence[str]) -> dict[str, datetime]:
        return {name: self.seen[name] for name in names if name in self.seen}

    def show(self, names: Sequence[str], at: datetime) -> None:
        self.written.append(names)
        self.seen |= dict.fromkeys(names, at)


def call(chart: Chart, eyes: Eyes, user: str = USER, hours: float = 0) -> Decision:
    """The decision for a user, so many hours from now; results and orders grow older with it."""
    return decide(replace(snapshot(chart), user=user), NOW + timedelta(hours=hours), eyes)


def choosing(chart: Chart, *drafts: Chart) -> Chart:
    return {**chart, "hook": "order-select", "drafts": drafts}


def signing(chart: Chart, *drafts: Chart) -> Chart:
    return {**chart, "hook": "order-sign", "drafts": drafts}


def with_id(draft_chart: Chart, ident: str, eyes: Eyes) -> Decision:
    """The call with the one draft under another id."""
    made = snapshot(draft_chart)
    drafts = [{**draft, "id": ident} for draft in made.drafts]
    chosen = frozenset({f"MedicationRequest/{ident}"})
    return decide(replace(made, user=USER, drafts=drafts, selections=chosen), memory=eyes)


def test_a_level_that_was_shown_at_the_chart_is_not_shown_at_an_order_and_the_trace_says_so() -> None:
    eyes, order = Eyes(), choosing(MODERATE, OMEPRAZOLE)
    assert LEVEL in leads(call(order, Eyes()))
    assert leads(call(MODERATE, eyes)) == [LEVEL]
    again = call(order, eyes, hours=1)
    assert leads(again) == [LOWERS]
    told = {r.rule: (r.outcome, r.why) for r in again.trace.rules}
    assert told[LEVEL] == ("quiet", "shown to the same user 1.0 h ago: quiet for 12 h")


def test_a_level_stays_for_the_order_that_it_was_shown_for_at_each_keystroke_and_at_signing() -> None:
    eyes = Eyes()
    for _ in range(3):
        assert LEVEL in leads(call(choosing(MODERATE, OMEPRAZOLE), eyes))
    assert LEVEL in leads(call(signing(MODERATE, OMEPRAZOLE), eyes))


@pytest.mark.parametrize("dose", ["omeprazole 20 mg", "omeprazole 40 mg oral capsule"])
def test_an_order_is_the_same_while_its_words_are_typed(dose: str) -> None:
    eyes = Eyes()
    assert LEVEL in leads(call(choosing(MODERATE, OMEPRAZOLE), eyes))
    assert LEVEL in leads(call(choosing(MODERATE, {**OMEPRAZOLE, "text": dose}), eyes))


def test_an_order_is_the_same_under_a_fresh_id_of_each_call() -> None:
    eyes = Eyes()
    assert LEVEL in leads(with_id(choosing(MODERATE, OMEPRAZOLE), "a", eyes))
    assert LEVEL in leads(with_id(choosing(MODERATE, OMEPRAZOLE), "b", eyes))


def test_a_level_is_not_shown_for_another_order_nor_at_its_next_keystroke() -> None:
    eyes = Eyes()
    assert LEVEL in leads(with_id(choosing(MODERATE, OMEPRAZOLE), "a", eyes))
    assert LEVEL in leads(with_id(choosing(MODERATE, FUROSEMIDE), "b", Eyes()))
    for _ in range(2):
        assert leads(with_id(choosing(MODERATE, FUROSEMIDE), "b", eyes)) == [LOWERS]


def test_a_level_is_shown_when_the_order_that_it_stands_beside_is_signed_with_another() -> None:
    eyes = Eyes()
    call(choosing(MODERATE, OMEPRAZOLE), eyes)
    assert LEVEL in leads(call(signing(MODERATE, OMEPRAZOLE, FUROSEMIDE), eyes))


@pytest.mark.parametrize(("hours", "quiet"), [(11.9, True), (12, False)])
def test_how_long_it_is_quiet(hours: float, quiet: bool) -> None:
    eyes = Eyes()
    call(MODERATE, eyes)
    assert (LEVEL not in leads(call(choosing(MODERATE, OMEPRAZOLE), eyes, hours=hours))) is quiet


def test_nobody_waits_for_days_as_for_what_was_answered() -> None:
    eyes, clinic = Eyes(), {**MODERATE, "setting": "ambulatory"}
    call(clinic, eyes)
    assert LEVEL in leads(call(choosing(clinic, OMEPRAZOLE), eyes, hours=12))


@pytest.mark.parametrize("first, second", [(USER, "Practitioner/two"), ("", ""), (USER, ""), ("", USER)])
def test_who_is_not_the_same_user_is_shown_it(first: str, second: str) -> None:
    eyes = Eyes()
    call(MODERATE, eyes, user=first)
    assert LEVEL in leads(call(choosing(MODERATE, OMEPRAZOLE), eyes, user=second))


def test_nothing_is_remembered_of_nobody() -> None:
    eyes = Eyes()
    call(MODERATE, eyes, user="")
    assert eyes.written == []


def test_the_next_patient_with_the_same_values_is_told() -> None:
    eyes = Eyes()
    call(MODERATE, eyes)
    other = replace(snapshot(choosing(MODERATE, OMEPRAZOLE)), user=USER, patient_id="p2")
    assert LEVEL in leads(decide(other, memory=eyes))


@pytest.mark.parametrize(
    "change",
    [
        {"magnesium": 1.35},
        {"magnesium": [{"value": 1.4}, {"value": 1.4, "hours_ago": 1}]},
        {"labs": {"egfr": 80, "potassium": 3.2}},
        {"labs": {"egfr": 80, "potassium": 4.2, "qtc": 495}},
        {"labs": {"egfr": 25, "potassium": 4.2}},
        {"labs": {"egfr": 80, "potassium": 4.2, "calcium": 7.0}},
        {"conditions": ["I44.2"]},
        {"medications": [{"rxcui": 3407, "text": "digoxin", "route": "oral", "days": 3}]},
    ],
    ids=["value", "newer", "potassium", "QTc", "kidneys", "calcium", "heart block", "digoxin"],
)
def test_what_changed_is_said(change: dict[str, Any]) -> None:
    eyes = Eyes()
    call(MODERATE, eyes)
    assert leads(call(choosing({**MODERATE, **change}, OMEPRAZOLE), eyes)) != [LOWERS]


@pytest.mark.parametrize(
    "chart",
    [
        SEVERE,
        {**SEVERE, "conditions": [{"code": "I47.21", "hours": 1}]},
        {**MODERATE, "magnesium": 9.0},
        {**MODERATE, "conditions": ["I44.2"]},
        {**MODERATE, "missing": ["conditions"]},
        {"setting": "inpatient", "missing": ["magnesium"]},
    ],
    ids=["critical", "an emergency", "toxic", "a hard stop", "facts missing", "no data"],
)
def test_what_is_always_said_is_said_as_if_nothing_had_been_shown(chart: Chart) -> None:
    calls = (chart, choosing(chart, OMEPRAZOLE), choosing(chart, IV), signing(chart, OMEPRAZOLE))
    alone = [leads(decide(snapshot(order))) for order in calls]
    assert sum(map(bool, alone)) >= 2
    eyes = Eyes()
    for _ in range(2):
        assert [[r for r in leads(call(order, eyes)) if r != LOWERS] for order in calls] == [
            [r for r in told if r != LOWERS] for told in alone
        ]


def test_a_level_beside_a_hard_stop_is_said_at_each_order() -> None:
    eyes, blocked = Eyes(), {**MODERATE, "conditions": ["I44.2"]}
    assert "heart_block_forbids_iv" in call(blocked, eyes).cards[0].rules
    assert LEVEL in leads(call(choosing(blocked, OMEPRAZOLE), eyes))


def test_the_names_of_what_is_always_said_are_names_of_rules() -> None:
    names = {rule.name for rule in RULES}
    assert names >= _ALWAYS_SAID
    at_orders = {n for n in names if "unread" in n} - {
        "renewal_is_unread",
        "home_list_is_unread",
        "result_is_unreadable",
    }
    assert at_orders <= _ALWAYS_SAID


def test_at_the_chart_what_only_informs_is_not_repeated() -> None:
    eyes = Eyes()
    assert leads(call(MILD, eyes)) == ["magnesium_is_mildly_low"]
    again = call(MILD, eyes, hours=1)
    assert again.cards == () and again.cannot_tell == ()
    assert leads(call(MILD, eyes, user="Practitioner/two")) == ["magnesium_is_mildly_low"]
    assert leads(call({**MILD, "magnesium": 1.55}, eyes)) == ["magnesium_is_mildly_low"]


def test_at_the_chart_the_rest_answers_whole() -> None:
    eyes = Eyes()
    assert leads(call(MODERATE, eyes)) == leads(call(MODERATE, eyes)) == [LEVEL]


def test_a_card_of_a_drafted_order_is_said_where_it_is_chosen_and_not_at_signing() -> None:
    eyes = Eyes()
    for _ in range(2):
        assert ABSORPTION in leads(call(choosing(MEETING, OXIDE), eyes))
    assert ABSORPTION not in leads(call(signing(MEETING, OXIDE), eyes))
    assert ABSORPTION in leads(call(signing(MEETING, OXIDE), eyes, user="Practitioner/two"))


def test_at_signing_it_is_said_again_while_it_was_not_seen_where_it_was_chosen() -> None:
    eyes = Eyes()
    for _ in range(2):
        assert ABSORPTION in leads(call(signing(MEETING, OXIDE), eyes))


def test_a_draft_that_changed_is_told_of_at_signing() -> None:
    eyes = Eyes()
    call(choosing(MEETING, OXIDE), eyes)
    assert ABSORPTION in leads(call(signing(MEETING, {**OXIDE, "text": "magnesium oxide 400 mg twice daily"}), eyes))


def test_an_unsafe_draft_is_told_of_at_signing_too() -> None:
    eyes, blocked = Eyes(), {**MEETING, "conditions": ["I44.2"]}
    first = leads(call(choosing(blocked, IV), eyes))
    assert "draft_magnesium_is_unsafe" in first
    assert "draft_magnesium_is_unsafe" in leads(call(signing(blocked, IV), eyes))


def test_a_warning_about_a_drug_that_lowers_magnesium_is_said_at_both() -> None:
    eyes = Eyes()
    call(choosing(MODERATE, OMEPRAZOLE), eyes)
    assert LOWERS in leads(call(signing(MODERATE, OMEPRAZOLE), eyes))


def test_a_call_whose_cards_are_known_writes_nothing() -> None:
    eyes, order = Eyes(), choosing(MODERATE, OMEPRAZOLE)
    call(order, eyes)
    assert len(eyes.written) == 1
    call(order, eyes)
    call(choosing({**MODERATE, "magnesium": 2.0}, {"text": "paracetamol", "route": "oral"}), eyes)
    assert len(eyes.written) == 1


def test_an_answer_that_puts_off_ends_the_quiet_that_came_before_it() -> None:
    eyes, order = Eyes(), choosing(MODERATE, OMEPRAZOLE)
    call(MODERATE, eyes)
    (advice,) = eyes.advised
    eyes.answered = {
        advice: Answered("overridden", "limited-time", NOW + timedelta(minutes=1), eyes.advised[advice]),
    }
    assert LEVEL not in leads(call(order, eyes, hours=0.9))
    assert LEVEL in leads(call(order, eyes, hours=1.1))
    assert LEVEL not in leads(with_id(choosing(MODERATE, FUROSEMIDE), "b", eyes))


def test_what_a_clock_that_runs_ahead_remembered_keeps_nothing_quiet() -> None:
    eyes = Eyes()
    call(MODERATE, eyes, hours=1)
    assert LEVEL in leads(call(choosing(MODERATE, OMEPRAZOLE), eyes))


def test_what_a_trial_keeps_back_is_not_remembered_as_shown() -> None:
    eyes = Eyes()
    shot = replace(snapshot(MODERATE), user=USER)
    assert decide(shot, NOW, eyes, with_site("trial: all\n")).cards and eyes.written == []
    assert decide(shot, NOW, eyes).cards and len(eyes.written) == 1
