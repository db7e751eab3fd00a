"""A question asked of every case of a rule names each of those in which it fails."""

import pytest

from tests.cards.chart import cases
from tests.cards.each_case import ask_each, of_rules


def test_every_case_is_asked() -> None:
    assert [(rule, case) for rule, listed in of_rules().items() for case in listed] == list(cases())
    asked: list[str] = []
    for rule in of_rules():
        ask_each(rule, lambda case: asked.append(case["name"]))
    assert asked == [case["name"] for _, case in cases()]


def test_each_case_that_fails_is_named_and_the_others_are_asked_all_the_same() -> None:
    rule, listed = next(iter(of_rules().items()))
    names = [case["name"] for case in listed]

    def question(case: dict[str, object]) -> None:
        assert case["name"] not in (names[0], names[-1])

    with pytest.raises(ExceptionGroup, match=rule) as told:
        ask_each(rule, question)
    failed = [f"{rule}-{name}" for name in (names[0], names[-1])]
    assert [problem.__notes__ for problem in told.value.exceptions] == [[f"of {name}"] for name in failed]
    assert "; ".join(failed) in str(told.value)
