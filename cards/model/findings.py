"""What rules say (Finding), what is offered, and what comes out (Card, Decision, Trace)."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from cards.model.clinical import Indicator, Problem
from cards.model.facts import Facts


@dataclass(frozen=True, slots=True)
class DoseStep:
    """One step of a drafted dose. IV: grams over minutes. Oral: units (or elemental mg) so often a day."""

    text: str
    quantity: float
    unit: str
    per_day: int | None = None
    minutes: int | None = None
    grams_per_hour: float | None = None
    short: str = ""


@dataclass(frozen=True, slots=True)
class DraftMedication:
    """A medication order to be offered: product by id (knowledge/products.yaml) and its steps."""

    product: str
    steps: tuple[DoseStep, ...]
    days: int | None = None
    elemental_mg_per_day: float | None = None


@dataclass(frozen=True, slots=True)
class DraftTest:
    """A test to be offered: id of knowledge/tests.yaml and when, an id of knowledge/monitoring.yaml."""

    test: str
    when: str


@dataclass(frozen=True, slots=True)
class RemoveOrder:
    """An order to be removed: `Type/id` and the medicine's name."""

    reference: str
    name: str


Offer = DraftMedication | DraftTest | RemoveOrder


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One button of a card: its label (a key of the rule's advice text) and what it would do."""

    label: str
    offers: tuple[Offer, ...]
    recommended: bool = False
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule has to say: the card it belongs to, how urgent, which lines of its advice text, what to offer.

    `leads`: a finding that may title the card; others only add lines to a card that exists.
    `alone`: a leading finding whose card takes no lines of others.
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
    numbers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Silence:
    """Why a rule has nothing to say."""

    why: str


@dataclass(frozen=True, slots=True)
class Card:
    """A CDS Hooks card (`body`) and what a record needs to know of it."""

    uuid: str
    problem: Problem
    indicator: Indicator
    rules: tuple[str, ...]
    suggestion_uuids: tuple[str, ...]
    body: dict[str, object]


@dataclass(frozen=True, slots=True)
class RuleTrace:
    """What became of one rule: fired, silent or suppressed, and why; ids of the numbers that decided; what it named."""

    rule: str
    outcome: str
    why: str
    numbers: tuple[str, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trace:
    """How the answer came about: the facts, every rule, and what was set aside."""

    facts: Facts
    rules: tuple[RuleTrace, ...]
    knowledge_version: str


@dataclass(frozen=True, slots=True)
class Decision:
    """The cards, the trace, and the required keys that were missing (then the cards only say so)."""

    cards: tuple[Card, ...]
    trace: Trace
    cannot_tell: tuple[str, ...] = ()
