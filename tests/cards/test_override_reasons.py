"""The reasons to pass over a card: at most five, of those that are published, and such as fit what it is about."""

from cards.model import Problem
from tests.cards.chart import knowledge
from tests.cards.each_case import of_every_rule, of_rules

MOST = 5


@of_every_rule
def test_every_card_of_every_case_offers_at_most_five(rule: str) -> None:
    published = dict(knowledge().override_reasons.reasons)
    for card in (card for case in of_rules()[rule] for card in case.decision.cards):
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
