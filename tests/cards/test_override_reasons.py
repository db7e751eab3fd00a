"""The reasons to pass over a card: at most five, of those that are published, and such as fit what it is about."""

import pytest

from cards.model import Problem
from tests.cards.chart import cases, decide, knowledge, knowledge_of, snapshot

MOST = 5
CASES = cases()


@pytest.mark.parametrize("rule", sorted({rule for rule, _ in CASES}))
def test_every_card_of_every_case_offers_at_most_five(rule: str) -> None:
    published = dict(knowledge().override_reasons.reasons)
    told = [case["chart"] for name, case in CASES if name == rule]
    for card in (card for chart in told for card in decide(snapshot(chart), known=knowledge_of(chart)).cards):
        offered = [reason["code"] for reason in card.body["overrideReasons"]]  # type: ignore[attr-defined]
        assert 0 < len(offered) <= MOST and len(set(offered)) == len(offered)
        assert set(offered) <= published.keys()


def test_each_published_reason_is_offered_on_some_card() -> None:
    reasons = knowledge().override_reasons
    offered = {code for problem in Problem for code, _ in reasons.of_card(problem)}
    assert offered == dict(reasons.reasons).keys()


def test_what_a_card_is_about_decides() -> None:
    of_card = {problem: [code for code, _ in knowledge().override_reasons.of_card(problem)] for problem in Problem}
    assert "laboratory-error" in of_card[Problem.HIGH_MAGNESIUM] and "laboratory-error" not in of_card[Problem.REFILL]
    assert "known-chronic-wasting" in of_card[Problem.LOW_MAGNESIUM]
    assert "known-chronic-wasting" not in of_card[Problem.DRAFT_MAGNESIUM]
