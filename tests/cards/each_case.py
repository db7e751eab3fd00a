"""One question asked of every case of a rule by one test, which names each case that it does not hold of."""

from collections.abc import Callable
from functools import cache

import pytest

from tests import each
from tests.cards.chart import Json, cases


@cache
def of_rules() -> dict[str, tuple[Json, ...]]:
    """The cases of each rule; shared by all who ask, so not to be changed."""
    found: dict[str, list[Json]] = {}
    for rule, case in cases():
        found.setdefault(rule, []).append(case)
    return {rule: tuple(listed) for rule, listed in found.items()}


of_every_rule = pytest.mark.parametrize("rule", of_rules())


def ask_each(rule: str, question: Callable[[Json], object], every: int = 1) -> None:
    """Ask it of each case of a rule, or of every so manieth; ExceptionGroup that names each in which it fails."""
    each.ask_each(of_rules()[rule][::every], question, lambda case: f"{rule}-{case['name']}")
