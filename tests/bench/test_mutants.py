"""Mutants are made, put into the running code and taken out; one that a case must find is found."""

from dataclasses import replace

import pytest

from bench import mutants
from bench.mutate import Mutant, in_place
from tests.cards.chart import cases

FILE = "cards/judgements/phosphate.py"
OWN = [case for case in cases() if case[0] == "phosphate_is_low_too"]


@pytest.fixture(scope="module")
def made() -> list[Mutant]:
    return [m for m in mutants.mutants(("cards/judgements",), more=True) if m.file == FILE]


def test_every_kind_of_fault_is_made() -> None:
    every = list(mutants.mutants(mutants.DECISION, more=True))
    kinds = {" ".join(word for word in m.what.split() if word.isalpha()) for m in every}
    assert {"Lt LtE", "And Or", "without not", "branches swapped", "returns None", "without operand"} <= kinds
    assert 0 < sum(m.harder for m in every) < len(every) / 2


def test_a_fault_is_found_and_leaves_no_trace(made: list[Mutant]) -> None:
    assert len(OWN) > 5 and not any(map(mutants.is_wrong, OWN))
    assert any(mutants.is_found(mutant, OWN) for mutant in made)
    assert not any(map(mutants.is_wrong, OWN))


def test_every_kind_of_case_is_read() -> None:
    every = mutants.all_cases()
    assert {"", mutants.SITE, "phosphate_is_low_too"} < {kind for kind, _ in every}
    assert not mutants.is_wrong(next(case for case in every if case[0] == mutants.SITE))


def test_a_function_that_is_not_loaded_is_told(made: list[Mutant]) -> None:
    with pytest.raises(LookupError), in_place(replace(made[0], first_line=100_000)):
        pass


def test_a_fault_that_no_case_runs_is_not_found(made: list[Mutant]) -> None:
    assert not mutants.is_found(made[0], [])
