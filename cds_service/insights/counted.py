"""What the database counted: rows, and parts of them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple, TypeVar

from cds_service.insights.period import Period

K = TypeVar("K")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """So many of one kind on a day; service and rule are empty where it has none."""

    day: date
    count: int
    service: str = ""
    rule: str = ""


R = TypeVar("R", bound=Row)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls(Row):
    """Calls; `ms` is rounded. `on_trial`: answered silently, since the whole service was on trial."""

    status: int
    knowledge: str
    ms: float
    on_trial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdicts(Row):
    """Cards of which this became. The rule is empty when the card is not known; the day is then that of the feedback,
    else that of the card.
    """

    outcome: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotHad(Row):
    """Calls that lacked this data for this reason."""

    key: str
    outcome: str


class Place(NamedTuple):
    """Calls of one client from one unit; `answered` with status 200 and not silently, with so many cards."""

    client: str
    unit: str
    calls: int
    answered: int
    cards: int


@dataclass(frozen=True, slots=True)
class Counted:
    """All rows of some days: calls, cards by the rule that titles them, what became of them, advice not repeated."""

    calls: Sequence[Calls] = ()
    cards: Sequence[Row] = ()
    verdicts: Sequence[Verdicts] = ()
    quieted: Sequence[Row] = ()
    not_had: Sequence[NotHad] = ()

    def within(self, period: Period) -> "Counted":
        """The rows of the days of a period."""

        return Counted(
            _within(self.calls, period),
            _within(self.cards, period),
            _within(self.verdicts, period),
            _within(self.quieted, period),
            _within(self.not_had, period),
        )

    def by(self, key: Callable[[Row], K]) -> Mapping[K, "Counted"]:
        """The rows of each key; none of a key without any."""
        calls, cards, verdicts = grouped(self.calls, key), grouped(self.cards, key), grouped(self.verdicts, key)
        quieted, not_had = grouped(self.quieted, key), grouped(self.not_had, key)
        return {
            found: Counted(
                calls.get(found, ()),
                cards.get(found, ()),
                verdicts.get(found, ()),
                quieted.get(found, ()),
                not_had.get(found, ()),
            )
            for found in {**calls, **cards, **verdicts, **quieted, **not_had}
        }

    @property
    def known(self) -> Sequence[Verdicts]:
        """What became of cards in the records."""
        return [row for row in self.verdicts if row.rule]

    def of_rules(self) -> "Counted":
        """The rows that name a rule."""
        return Counted(cards=self.cards, verdicts=self.known, quieted=self.quieted)


def total(rows: Iterable[Row]) -> int:
    """All together."""
    return sum(row.count for row in rows)


def grouped(rows: Iterable[R], key: Callable[[R], K]) -> dict[K, Sequence[R]]:
    """The rows of each key, in their order."""
    found: dict[K, list[R]] = {}
    for row in rows:
        found.setdefault(key(row), []).append(row)
    return dict(found)


def _within(rows: Iterable[R], period: Period) -> list[R]:
    return [row for row in rows if period.since <= row.day <= period.until]
