"""What rules say (Finding, Silence), and what is offered with it (Suggestion: drafted medicines and tests)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from cards.model.clinical import RemoveOrder
from cards.model.scales import Indicator, Problem

if TYPE_CHECKING:
    from cards.chart import Because


_DAY = 1440.0


@dataclass(frozen=True, slots=True)
class DoseStep:
    """One step of a drafted dose. IV: grams over minutes. Oral: units (or elemental mg) so often a day.

    `count` doses `every` so many minutes are one order; `as_needed` within that, at most `most_a_day` of `unit`.
    `after`: minutes from the begin of the course to its first dose.
    """

    text: str
    quantity: float
    unit: str
    per_day: int | None = None
    minutes: int | None = None
    grams_per_hour: float | None = None
    short: str = ""
    # the text tells them, and the name of answered advice (answer/quiet.py) must stay what it was without them
    every: float | None = field(default=None, repr=False)
    count: int | None = field(default=None, repr=False)
    as_needed: bool = field(default=False, repr=False)
    most_a_day: float | None = field(default=None, repr=False)
    after: float = field(default=0.0, repr=False)

    @property
    def ends_after(self) -> float:
        """Minutes from the begin of the course to the end of its last dose."""
        return self.begins(self.count or 1) + (self.minutes or 0)

    def begins(self, dose: int) -> float:
        """Minutes from the begin of the course to that of a dose."""
        return self.after + (dose - 1) * (self.every or (_DAY / self.per_day if self.per_day else 0.0))


@dataclass(frozen=True, slots=True)
class DraftMedication:
    """A medication order to be offered: product by id (knowledge/products.yaml), its steps, and what for in words."""

    product: str
    steps: tuple[DoseStep, ...]
    days: int | None = None
    elemental_mg_per_day: float | None = None
    reason: str = field(default="", repr=False)  # repr names answered advice: what a dose is for is not part of it
    pieces: tuple[str, ...] = field(default=(), repr=False, compare=False)  # of the doses, as a signature names them


@dataclass(frozen=True, slots=True)
class DraftTest:
    """A test to be offered: id of knowledge/tests.yaml and when, an id of knowledge/monitoring.yaml."""

    test: str
    when: str


Offer = DraftMedication | DraftTest | RemoveOrder


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One button of a card: its label (a key of the rule's advice text) and what it would do.

    `alternative`: one way to treat, of which at most one is to be chosen.
    """

    label: str
    offers: tuple[Offer, ...]
    recommended: bool = False
    values: Mapping[str, str] = field(default_factory=dict)
    alternative: bool = False


@dataclass(frozen=True, slots=True)
class Say:
    """What a rule has to say: how urgent, which lines of its advice text, what to offer.

    `about`: what else the advice rests on than magnesium and `lines`; when it changes, answered advice is given again.
    `problem`, `adds` and `alone` only where the answer differs from what holds for its rule.
    """

    indicator: Indicator
    lines: tuple[str, ...]
    values: Mapping[str, str] = field(default_factory=dict)
    suggestions: tuple[Suggestion, ...] = ()
    tests: tuple[DraftTest, ...] = ()
    title: str = ""
    about: str = ""
    problem: Problem | None = None
    adds: bool | None = None
    alone: bool | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule said, and the card it belongs to.

    `leads`: a finding that may title the card; others only add lines to a card that exists.
    `alone`: a leading finding whose card takes no lines of others.
    `decided`: the comparisons that held when it was worked out: the patient's value beside the limit it crossed.
    """

    rule: str
    problem: Problem
    indicator: Indicator
    say: tuple[str, ...]
    values: Mapping[str, str] = field(default_factory=dict)
    suggestions: tuple[Suggestion, ...] = ()
    tests: tuple[DraftTest, ...] = ()
    title: str = ""
    leads: bool = True
    alone: bool = False
    decided: "tuple[Because, ...]" = ()
    about: str = ""


class Silence(NamedTuple):
    """Why a rule has nothing to say; `failed` when it could not be asked, `where` in the code, innermost last."""

    reason: "str | Because"
    failed: bool = False
    where: tuple[str, ...] = ()

    @property
    def why(self) -> str:
        """The reason in words; put into them when somebody wants to know."""
        return self.reason if isinstance(self.reason, str) else self.reason.why
