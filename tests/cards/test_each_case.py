"""A question asked of every case of a rule names each of those in which it fails."""

import pytest

from tests.cards.chart import cases
from tests.cards.each_case import Case, ask_each, of_rules


def test_every_case_is_asked() -> None:
    asked: list[Case] = []
    for rule in of_rules():
        ask_each(rule, asked.append)
    assert [(case.rule, case.told) for case in asked] == list(cases())


def test_each_case_that_fails_is_named_and_the_others_are_asked_all_the_same() -> None:
    rule, (first, *others) = next(iter(of_rules().items()))

    def question(case: Case) -> None:
        assert case not in (first, others[-1])

    with pytest.raises(ExceptionGroup) as told:
        ask_each(rule, question)
    failed = [str(first), str(others[-1])]
    assert [problem.__notes__ for problem in told.value.exceptions] == [[f"of {name}"] for name in failed]
    assert "; ".join(failed) in str(told.value)
