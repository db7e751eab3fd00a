"""What comes out: cards, and the trace of how they came about; what is remembered of earlier ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

from cards.model.findings import Finding, Silence
from cards.model.scales import Indicator, Problem

if TYPE_CHECKING:
    from cards.chart import Because, Chart
    from cards.model.answers import Answers


@dataclass(frozen=True, slots=True)
class Card:
    """A CDS Hooks card (`body`) and what a record needs to know of it.

    `known_by`: the names to remember it by once it is shown. They hold patient data: keep a keyed hash of them only.
    """

    uuid: str
    problem: Problem
    indicator: Indicator
    rules: tuple[str, ...]
    suggestion_uuids: tuple[str, ...]
    body: dict[str, object]
    known_by: tuple[str, ...] = field(default=(), repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Answered:
    """How a clinician answered a card: accepted or overridden, the coded reason, when, and how urgent the card was."""

    outcome: str
    reason: str
    at: datetime
    indicator: Indicator


class Memory(Protocol):
    """Knows what became of earlier advice. The name of advice holds patient data: keep a keyed hash of it only."""

    def card_id(self, advice: str, indicator: Indicator) -> str:
        """A fresh id for a card that gives this advice, by which its answer will be known."""

    def answer_to(self, advice: str) -> Answered | None:
        """The latest answer to this advice; None when there is none or nobody can say."""

    def shown(self, names: Sequence[str]) -> Mapping[str, datetime]:
        """Since when what has these names is remembered as shown; without those that nobody remembers."""


@dataclass(frozen=True, slots=True)
class OnTrial:
    """A rule that would have spoken on a card, were it not on trial; `leads`: it would have titled the card."""

    rule: str
    leads: bool
    problem: Problem
    indicator: Indicator


@dataclass(frozen=True, slots=True)
class RuleTrace:
    """What became of one rule: fired, silent, suppressed, quiet, on trial or failed, why, and what decided."""

    rule: str
    outcome: str
    why: str
    decided: "tuple[Because, ...]" = ()


@dataclass(frozen=True)
class Trace:
    """How the answer came about: the facts, what every rule says, and why it was not told the clinician after all.

    `broken`: the rules whose card could not be made. `on_trial`: of the rules on trial that had something to say what
    would have been shown, by rule; None for one that would not have been.
    """

    chart: "Chart"
    answers: "Answers"
    suppressed: Mapping[str, str]
    quiet: Mapping[str, str]
    knowledge_version: str
    broken: Mapping[str, Silence] = field(default_factory=dict)
    on_trial: Mapping[str, OnTrial | None] = field(default_factory=dict)

    @cached_property
    def rules(self) -> tuple[RuleTrace, ...]:
        """What became of every rule; worked out for those who ask."""
        return tuple(self._rule(name, answer) for name, answer in self.answers.items())

    @property
    def failures(self) -> Mapping[str, Silence]:
        """The rules that were asked and failed, and those whose card did."""
        failed = {name: a for name, a in self.answers.asked.items() if isinstance(a, Silence) and a.failed}
        return {**failed, **self.broken}

    @property
    def not_recalled(self) -> Silence | None:
        """The first fault of the memory, where it could not tell what became of earlier advice: that was said again."""
        return next(iter(self.chart.not_recalled), None)

    def _rule(self, name: str, answer: Finding | Silence) -> RuleTrace:
        if isinstance(answer, Silence):
            return RuleTrace(name, "failed" if answer.failed else "silent", answer.why)
        if name in self.on_trial:
            return RuleTrace(name, "on trial", _would_be(self.on_trial[name]), answer.decided)
        if name in self.broken:
            return RuleTrace(name, "failed", self.broken[name].why)
        if name in self.quiet:
            return RuleTrace(name, "quiet", self.quiet[name], answer.decided)
        if name in self.suppressed:
            return RuleTrace(name, "suppressed", self.suppressed[name], answer.decided)
        return RuleTrace(name, "fired", f"{answer.problem.name.lower()}, {answer.indicator.word}", answer.decided)


def _would_be(shown: OnTrial | None) -> str:
    if shown is None:
        return "on trial; it would not be shown beside the others either"
    return f"on trial; it would be shown: {shown.problem.name.lower()}, {shown.indicator.word}"


@dataclass(frozen=True, slots=True)
class Decision:
    """The cards, the trace, and the required keys that were missing (then the cards only say so).

    `on_trial`: the rules that would have spoken on a card, were they not on trial.
    """

    cards: tuple[Card, ...]
    trace: Trace
    cannot_tell: tuple[str, ...] = ()
    on_trial: tuple[OnTrial, ...] = ()

    @property
    def known_by(self) -> tuple[str, ...]:
        """The names to remember, once the cards are sent, as those of what was shown."""
        return tuple(name for card in self.cards for name in card.known_by)

    def unsent(self) -> "Decision":
        """The same decision behind an answer that tells no card: nobody got one."""
        return replace(self, cards=())

    def unseen(self, would_be_shown: bool) -> "Decision":
        """The same decision while everything is on trial: no card, and the rules that would have spoken."""
        cards = self.cards if would_be_shown else ()
        told = (OnTrial(rule, n == 0, c.problem, c.indicator) for c in cards for n, rule in enumerate(c.rules))
        return replace(self, cards=(), on_trial=(*told, *self.on_trial))
