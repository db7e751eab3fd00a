"""One question asked of every case of a rule by one test, which names each case that it does not hold of."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, cached_property

import pytest

from cards.model import Decision
from tests import each
from tests.cards.chart import Json, cases, decide, knowledge_of, snapshot


@dataclass(frozen=True)
class Case:
    """A case of a rule as its file tells it; like what is decided of it shared by all who ask, so not to be changed."""

    rule: str
    told: Json

    @property
    def chart(self) -> Json:
        """Its chart in shorthand."""
        return self.told["chart"]  # type: ignore[no-any-return]

    @cached_property
    def decision(self) -> Decision:
        """What is decided by the knowledge of its site."""
        return decide(snapshot(self.chart), known=knowledge_of(self.chart))

    @cached_property
    def as_shipped(self) -> Decision:
        """What is decided by the shipped knowledge."""
        return decide(snapshot(self.chart)) if "protocol" in self.chart else self.decision

    def __str__(self) -> str:
        return f"{self.rule}-{self.told['name']}"


@cache
def every_case() -> tuple[Case, ...]:
    """All cases, in the order of their files."""
    return tuple(Case(rule, told) for rule, told in cases())


@cache
def of_rules() -> dict[str, tuple[Case, ...]]:
    """The cases of each rule."""
    rules = dict.fromkeys(case.rule for case in every_case())
    return {rule: tuple(case for case in every_case() if case.rule == rule) for rule in rules}


of_every_rule = pytest.mark.parametrize("rule", of_rules())


def ask_each(rule: str, question: Callable[[Case], object], every: int = 1) -> None:
    """Ask it of each case of a rule, or of every so manieth; ExceptionGroup that names each in which it fails."""
    each.ask_each(of_rules()[rule][::every], question)
