"""A rule that nothing started is asked on demand: the cards and the trace are those of asking every rule at once."""

from collections.abc import Iterable
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cards import Decision, Knowledge, Snapshot
from cards.model import Answers
from tests.cards.chart import Json, decide, knowledge_of, snapshot
from tests.cards.each_case import ask_each, of_every_rule
from tests.cards.patients import charts, treatable
from tests.cards.quiet import HOOKS, on_hook
from tests.cards.quiet import patients as quiet_patients
from tests.cards.test_drafts_that_concern_nobody import fixture_snapshots
from tests.cards.test_properties import examples

DECIDE = import_module("cards.decide")


class AtOnce(Answers):
    """All rules are asked, in their order, when the first is."""

    def ask(self, names: Iterable[str]) -> None:
        super().ask(names if self.asked else list(self))


def told(decision: Decision) -> object:
    trace = decision.trace
    rules = [(r.rule, r.outcome, r.why, r.decided) for r in trace.rules]
    return [card.body for card in decision.cards], decision.cannot_tell, decision.on_trial, rules, trace.quiet


def assert_agrees(shot: Snapshot, known: Knowledge | None = None, decision: Decision | None = None) -> int:
    """That cards and trace are those of asking every rule at once; how many rules were spared."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DECIDE, "Answers", AtOnce)
        at_once = told(decide(shot, known=known))
    decision = decision or decide(shot, known=known)
    spared = len(decision.trace.answers) - len(decision.trace.answers.asked)
    assert told(decision) == at_once
    return spared


@of_every_rule
def test_in_every_case(rule: str) -> None:
    ask_each(rule, lambda case: assert_agrees(snapshot(case.chart), knowledge_of(case.chart), case.decision))


@examples
@given(st.one_of(charts(), treatable()))
def test_of_any_patient(chart: Json) -> None:
    assert_agrees(snapshot(chart))


def test_in_every_fixture_and_of_well_patients() -> None:
    well = (snapshot(on_hook(chart, hook, n)) for n, chart in enumerate(quiet_patients(count=60)) for hook in HOOKS)
    assert sum(assert_agrees(shot) for shot in (*fixture_snapshots(), *well))
