"""The figures. A share of a small number is told as counts: `per_100` is None below SMALL."""

from dataclasses import dataclass
from datetime import date

from cds_service.goals import Against
from cds_service.insights.beside import CandidateFigures
from cds_service.insights.period import Period

SMALL = 5


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many, or how many for how many."""

    part: int
    whole: int

    @property
    def rest(self) -> int:
        """The whole without the part."""
        return self.whole - self.part

    @property
    def per_100(self) -> float | None:
        """The part for every 100 of the whole; None when the whole is too small for it to mean anything."""
        return 100 * self.part / self.whole if self.whole >= SMALL else None


@dataclass(frozen=True, slots=True)
class Count:
    """How often a code occurred."""

    code: str
    count: int


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What became of cards. One with several feedbacks is accepted if any says so, else as the latest says."""

    cards: int
    accepted: int
    overridden: int

    @property
    def with_feedback(self) -> int:
        """Cards of which we were told what became of them."""
        return self.accepted + self.overridden

    @property
    def acceptance(self) -> Share:
        """Accepted cards of those with feedback."""
        return Share(self.accepted, self.with_feedback)

    @property
    def acceptance_of_all(self) -> Share:
        """Accepted cards of all that were shown: one without feedback counts as not accepted."""
        return Share(self.accepted, self.cards)

    @property
    def override(self) -> Share:
        """Overridden cards of those with feedback."""
        return Share(self.overridden, self.with_feedback)


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds from request to answer within which 50, 95 and 99 of 100 calls were answered; None without calls."""

    p50: float | None
    p95: float | None
    p99: float | None


@dataclass(frozen=True, slots=True)
class Totals:
    """All rules together. `calls` is every call that was let in, `answered` those with status 200, which latency and
    cards per 100 calls are about, without those `on_trial`, which were answered silently; `quieted` is advice that was
    not repeated, `not_had` data that could not be had.
    """

    calls: int
    answered: int
    outcomes: Outcomes
    quieted: int
    not_had: int
    latency: Latency
    on_trial: int = 0

    @property
    def refused(self) -> int:
        """Calls that got no advice, and not because of a trial."""
        return self.calls - self.answered - self.on_trial

    @property
    def cards_per_100(self) -> Share:
        """Cards for every 100 answered calls."""
        return Share(self.outcomes.cards, self.answered)


@dataclass(frozen=True, slots=True)
class Day:
    """One day; `versions` of the knowledge that answered for the first time."""

    day: date
    totals: Totals
    versions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: cards it titled (also for every 100 answered calls, and in the period before), cards of another rule
    that it added to, advice not repeated, and the reasons why its cards were overridden, the most frequent first.
    """

    rule: str
    outcomes: Outcomes
    cards_per_100: Share
    before_per_100: Share
    added: int
    quieted: int
    reasons: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class OnTrial:
    """One rule on trial, alone or with the whole service: cards that it would have titled, and would have added to."""

    rule: str
    cards: int
    added: int


@dataclass(frozen=True, slots=True)
class Part:
    """The calls of one client, unit or version of the knowledge, by its name; empty where nobody told one."""

    name: str
    calls: int
    answered: int
    cards: int

    @property
    def per_1000(self) -> float | None:
        """Cards for every 1,000 answered calls; None for too few of them."""
        return 1000 * self.cards / self.answered if self.answered >= SMALL else None


@dataclass(frozen=True, slots=True)
class RuleDay:
    """One rule on one day on which it spoke."""

    day: date
    rule: str
    outcomes: Outcomes
    quieted: int
    reasons: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class Service:
    """One service: calls, those answered with status 200, and its cards."""

    service: str
    calls: int
    answered: int
    outcomes: Outcomes


@dataclass(frozen=True, slots=True)
class Missing:
    """Data that could not be had: in how many of all calls, and why, the most frequent first."""

    key: str
    calls: Share
    outcomes: tuple[Count, ...]


@dataclass(frozen=True, slots=True)
class Understood:
    """Of one kind of entry that was sent, how many were understood."""

    what: str
    entries: Share


def silent_rule(name: str, insights: "Insights") -> Rule:
    """The figures of a rule that did not speak."""
    answered, before = insights.totals.answered, insights.before.answered
    return Rule(name, Outcomes(0, 0, 0), Share(0, answered), Share(0, before), 0, 0, ())


@dataclass(frozen=True, slots=True)
class Insights:
    """All figures of a period, of the calls of a service, client, unit and version of the knowledge; empty is any.

    `before` is the period before. `clients` and `units`: who called, and from where; `versions`: calls by version.

    `goals`: what of the burden has a goal. `unknown` is feedback about cards that are not in the records, which no
    other figure counts.
    """

    period: Period
    service: str
    client: str
    unit: str
    version: str
    totals: Totals
    before: Totals
    days: tuple[Day, ...]
    rules: tuple[Rule, ...]
    rule_days: tuple[RuleDay, ...]
    reasons: tuple[Count, ...]
    services: tuple[Service, ...]
    clients: tuple[Part, ...]
    units: tuple[Part, ...]
    versions: tuple[Count, ...]
    statuses: tuple[Count, ...]
    missing: tuple[Missing, ...]
    understood: tuple[Understood, ...]
    unknown: Outcomes
    on_trial: tuple[OnTrial, ...] = ()
    candidate: CandidateFigures | None = None
    goals: tuple[Against, ...] = ()

    @property
    def trial_per_1000(self) -> float | None:
        """Cards that a trial would have shown per 1,000 calls; None unless all calls were of it, and not too few."""
        silent = self.totals.on_trial
        if silent < SMALL or silent < self.totals.calls:
            return None
        return 1000 * sum(rule.cards for rule in self.on_trial) / silent
