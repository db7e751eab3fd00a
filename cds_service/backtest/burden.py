"""What the cards of one knowledge ask of clinicians, and how many of them may be of use."""

from collections.abc import Collection, Iterator
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from cards import Knowledge, is_magnesium_given
from cds_service.backtest.moments import SELECT, SIGN, Moment
from cds_service.backtest.patient_history import PatientHistory
from cds_service.backtest.replay import Call
from cds_service.backtest.tally import Tally
from cds_service.errors import JsonDict

BURDENS = ("burden", "compared_burden")
AROUND = timedelta(hours=24)
_ADMINISTRATION = "MedicationAdministration"
_Asked = tuple[str, datetime | None, float | None]


@dataclass
class BurdenOfPatient:
    """Counts the calls and cards of one knowledge at one patient, under a `name` of the tally."""

    name: str
    history: PatientHistory
    knowledge: Knowledge
    hooks: Collection[str]
    _asked: set[_Asked] = field(default_factory=set)

    def count(self, call: Call, tally: Tally) -> None:
        """Count a call, the orders in it and its cards."""
        n, orders, chart = len(call.cards), self._orders(call.moment), call.decision.trace.chart
        is_low, is_ungiven = bool(chart.is_low), bool(n) and not self._is_given_around(call.moment.when)
        counted = {
            "calls": 1,
            "cards": n,
            "orders": orders,
            "cards_at_orders": n * bool(orders),
            "low": n * is_low,
            "not_given": n * is_ungiven,
            "low_and_not_given": n * (is_low and is_ungiven),
            "repeats": sum(map(self._is_repeated, _asked_by(call))),
        }
        for key, number in counted.items():
            tally.count(self.name, key, number)

    def _orders(self, moment: Moment) -> int:
        """The orders of a call: one that is chosen or, where no choices are replayed, those that are signed."""
        if SELECT in self.hooks:
            return int(moment.hook == SELECT)
        return len(moment.drafts) * (moment.hook == SIGN)

    def _is_given_around(self, when: datetime) -> bool:
        return any(start <= when + AROUND and end >= when - AROUND for start, end in self.given)

    @cached_property
    def given(self) -> list[tuple[datetime, datetime]]:
        """From when to when magnesium was given; what tells no end, and does not run on, was given at once."""
        found = (entry for entry in self.history.entries if entry.kind == _ADMINISTRATION and entry.known)
        doses = [e for e in found if is_magnesium_given(e.resource, self.history.medications, self.knowledge)]
        return [(e.known, e.ended or _end(e.resource, e.known)) for e in doses if e.known]

    def _is_repeated(self, asked: _Asked) -> bool:
        before = asked in self._asked
        self._asked.add(asked)
        return before


def _end(given: JsonDict, start: datetime) -> datetime:
    return datetime.max.replace(tzinfo=start.tzinfo) if given.get("status") == "in-progress" else start


def _asked_by(call: Call) -> Iterator[_Asked]:
    """What makes two cards of a patient the same: the leading rule and the magnesium result, or that there is none."""
    m = call.decision.trace.chart.magnesium
    result = (m.when, m.x) if m else (None, None)
    return ((card.rules[0], *result) for card in call.cards)


@dataclass(frozen=True, slots=True)
class Burden:
    """The sums over all patients. `not_given` and `low_and_not_given`: None where the export tells of no doses given.

    `cards_at_orders`: those of the calls at which `orders` are counted. `not_given`: no magnesium 24 h before and
    after, our proxy for a card that can be acted on. `repeats`: the same leading rule on the same magnesium result.
    """

    calls: int
    cards: int
    orders: int
    cards_at_orders: int
    low: int
    not_given: int | None
    low_and_not_given: int | None
    repeats: int

    def as_json(self) -> JsonDict:
        """The sums and the two rates."""
        rates: JsonDict = {
            "cards_per_1000_calls": _per_1000(self.cards, self.calls),
            "cards_per_1000_orders": _per_1000(self.cards_at_orders, self.orders),
        }
        return rates | asdict(self)

    @property
    def actionable_per_100(self) -> float | None:
        """Cards without magnesium given around them, of 100; None where that is not known, or no card was shown."""
        return None if self.not_given is None or not self.cards else round(100 * self.not_given / self.cards, 2)

    def sentence(self) -> str:
        """The figures for a line of text."""
        given = "not known: no doses given in the export" if self.not_given is None else self._share(self.not_given)
        return (
            f"{_told(_per_1000(self.cards, self.calls))} cards per 1,000 calls, "
            f"{_told(_per_1000(self.cards_at_orders, self.orders))} per 1,000 orders. Of the cards: low magnesium "
            f"{self._share(self.low)}; no magnesium given 24 h before and after (proxy for actionable) {given}; "
            f"repeats {self._share(self.repeats)}."
        )

    def _share(self, part: int) -> str:
        return f"{100 * part / self.cards:.0f} %" if self.cards else "\u2013"


def burden_of(tally: Tally, name: str, present: frozenset[str]) -> Burden:
    """The burden counted under a name; `present`: the types that the export holds."""
    n, tells_given = tally.of(name), _ADMINISTRATION in present
    return Burden(
        calls=n["calls"],
        cards=n["cards"],
        orders=n["orders"],
        cards_at_orders=n["cards_at_orders"],
        low=n["low"],
        not_given=n["not_given"] if tells_given else None,
        low_and_not_given=n["low_and_not_given"] if tells_given else None,
        repeats=n["repeats"],
    )


def _per_1000(part: int, whole: int) -> float | None:
    return round(1000 * part / whole, 2) if whole else None


def _told(rate: float | None) -> str:
    return "\u2013" if rate is None else f"{rate:,.1f}"
