"""What of a protocol's orders may be drafted: hard stops and ceilings are stronger, and say so (clinical rule s.2)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import ceil

from cards.loading import Knowledge
from cards.model import RenalGate
from cards.model.protocol import INF, Order, Protocol, Range
from cards.model.protocol_answer import Facts
from cards.protocol import engine
from cards.protocol.content import (
    count,
    elemental_a_day,
    every_of,
    grams,
    grams_a_day,
    grams_per_hour,
    product_of,
)
from cards.protocol.say import order_text, time_text
from cards.units import shown

_ROUNDING = 1.005
_STEP = 30  # min: a slower infusion lasts whole half hours
_BY_MOUTH = frozenset({"oral", "tube"})
_SERIES = frozenset({RenalGate.R1, RenalGate.R2})


@dataclass(frozen=True, slots=True)
class Bounds:
    """What limits magnesium in one patient: kidneys, grams IV of the last 24 hours, why a route or salt is forbidden.

    `against_salts`: by mouth, by salt; "" is any.
    """

    gate: RenalGate
    given: float = 0.0
    against: Mapping[str, str] = field(default_factory=dict)
    against_salts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ceilings:
    """The most for one patient: grams IV in 24 hours (poor kidneys: of a dose), g/h, elemental mg a day by mouth.

    `iv_order`: grams of an order, where the protocol itself names a limit.
    """

    iv_grams: float
    iv_rate: float
    oral_mg: float
    iv_order: float = INF


@dataclass(frozen=True, slots=True)
class Way:
    """One way to follow a row: what may be drafted of it, what is slower than the paper, and what is withheld why."""

    orders: tuple[Order, ...]
    slower: tuple[str, ...] = ()
    withheld: tuple[str, ...] = ()
    first_only: bool = False

    @property
    def is_overruled(self) -> bool:
        """Whether anything is not as the paper has it."""
        return bool(self.slower or self.withheld or self.first_only)


def ceilings(protocol: Protocol, facts: Facts, gate: RenalGate, knowledge: Knowledge) -> Ceilings:
    """The ceilings of a gate, as far as a protocol lowers them itself; a signed one raises them as far as any may."""
    told, n, usual = knowledge.ceilings.of(gate), knowledge.numbers, knowledge.shipped_numbers
    limits = next((each for each in protocol.limits if all(engine.holds(c, facts, protocol) for c in each.when)), None)

    def most(number: str, signed: str, own: float | None) -> float:
        base = min(n[number], usual[number])
        if own and own < base:
            return own
        if not (protocol.is_signed and limits and own and signed) or n[number] < usual[number]:
            return base
        return max(base, min(own, n[signed]))

    return Ceilings(
        most(told.iv_grams, told.signed_iv_grams, limits.iv_24h if limits else None),
        most(told.iv_rate, told.signed_iv_rate, limits.iv_rate if limits else None),
        most(told.oral_mg, told.signed_oral_mg, limits.oral_24h if limits else None),
        limits.iv_order if limits and limits.iv_order else INF,
    )


def way(bundle: Sequence[Order], protocol: Protocol, bounds: Bounds, most: Ceilings, knowledge: Knowledge) -> Way:
    """What of orders that are given together may be drafted."""
    drafted: list[Order] = []
    slower, withheld = [], []
    series, infused = False, list[Order]()
    for order in bundle:
        if bounds.gate in _SERIES and order.route not in _BY_MOUTH and order.days and order.days.low > 1:
            series = True
            continue
        first = _first_dose(order, bounds)
        left = most.iv_grams - _used(infused, order, bounds, knowledge)
        why = _why_not(first, protocol, bounds, most, left, knowledge)
        if why:
            withheld.append(f"{order_text(order)}: {why}")
            continue
        made = _slower(first, most, knowledge)
        if made != first and made.over:
            slower.append(_told_slower(first, made.over, most, knowledge))
        infused.extend(() if order.route in _BY_MOUTH else (first,))
        series = series or first != order
        drafted.append(made)
    return Way(tuple(drafted), tuple(slower), tuple(withheld), series)


def _used(infused: Sequence[Order], order: Order, bounds: Bounds, knowledge: Knowledge) -> float:
    """Grams IV of the same 24 hours: given, and of those orders beside it that are for the same days."""
    beside = (other for other in infused if _share_a_day(other, order))
    given = bounds.given if order.days is None or order.days.low == 1 else 0.0
    return given + sum(grams_a_day(other, knowledge) or 0.0 for other in beside)


def _share_a_day(one: Order, other: Order) -> bool:
    if one.days is None or other.days is None:
        return True
    return one.days.low <= other.days.high and other.days.low <= one.days.high


def _told_slower(paper: Order, over: Range, most: Ceilings, knowledge: Knowledge) -> str:
    say = knowledge.words.say
    timed = paper.over or _by_rate(paper, knowledge)
    fast = time_text(timed) if timed else say("protocol.push" if paper.push else "protocol.no_time")
    reason = say("protocol.most_rate", rate=shown(most.iv_rate))
    return say("protocol.slower", slow=time_text(over), fast=fast, reason=reason)


def _by_rate(order: Order, knowledge: Knowledge) -> Range | None:
    """How long a dose runs that is told by its rate, in whole minutes."""
    dose, rate = grams(order, knowledge), order.rate
    minutes = round(dose * 60 / rate.high) if dose and rate else None
    return Range(minutes, minutes) if minutes else None


def _first_dose(order: Order, bounds: Bounds) -> Order:
    """Of a series of infusions only the first where the kidneys ask for a level before each (s.2.1)."""
    repeats = every_of(order) or order.per_day or order.as_needed or count(order) != 1
    if bounds.gate not in _SERIES or order.route in _BY_MOUTH or not repeats:
        return order
    once = replace(order, doses=Range(1, 1), every=None, per_day=None, lasts=None, days=None)
    return replace(once, as_needed=False, day_total=False, until="", at_most="", most_doses=None, most_a_day=None)


def _why_not(
    order: Order, protocol: Protocol, bounds: Bounds, most: Ceilings, left: float, knowledge: Knowledge
) -> str:
    """The stop that withholds an order; "" where none does."""
    against = bounds.against.get("") or bounds.against.get("oral" if order.route in _BY_MOUTH else "iv")
    if not against and order.route in _BY_MOUTH:
        against = bounds.against_salts.get("") or bounds.against_salts.get(order.salt)
    if against:
        return against
    if order.route in _BY_MOUTH:
        return _too_much_oral(order, protocol, bounds, most, knowledge)
    if order.route != "iv":
        return knowledge.words.say("protocol.only_routes")
    return _too_much_iv(order, bounds, most, left, knowledge)


def _too_much_iv(order: Order, bounds: Bounds, most: Ceilings, left: float, knowledge: Knowledge) -> str:
    dose, day = grams(order, knowledge), grams_a_day(order, knowledge)
    if order.salt != "sulfate":
        return knowledge.words.say("protocol.only_sulfate")
    if dose is None or day is None:
        by_weight = order.amount.unit.endswith("/kg")
        return knowledge.words.say("protocol.needs_weight" if by_weight else "protocol.needs_strength")
    if dose > most.iv_order * _ROUNDING:
        return knowledge.words.say("protocol.above_own", grams=shown(dose, 1), most=shown(most.iv_order, 1))
    if day <= left * _ROUNDING:
        return ""
    key = ("course" if bounds.gate.is_poor else "day") + ("_given" if bounds.given else "")
    told = {"grams": shown(day, 1), "given": shown(bounds.given, 1), "most": shown(most.iv_grams, 1)}
    return knowledge.words.say(f"protocol.{key}", **told)


def _too_much_oral(order: Order, protocol: Protocol, bounds: Bounds, most: Ceilings, knowledge: Knowledge) -> str:
    day, product = elemental_a_day(order, protocol, knowledge), product_of(order, knowledge)
    salt = knowledge.doses.salts.get(product.id) if product else None
    if salt and bounds.gate > salt.max_gate and bounds.gate.is_poor:
        return knowledge.words.say("protocol.not_these_kidneys", salt=order.salt)
    if day is None:
        return knowledge.words.say("protocol.content", product=order.product.replace("_", " "))
    fits = day <= most.oral_mg * _ROUNDING
    return "" if fits else knowledge.words.say("protocol.oral_day", mg=day, most=most.oral_mg)


def _slower(order: Order, most: Ceilings, knowledge: Knowledge) -> Order:
    """The same dose, not faster than our rate; a next dose does not begin before the one before has ended."""
    dose, rate = grams(order, knowledge), grams_per_hour(order, knowledge)
    if order.route != "iv" or dose is None or (rate is not None and rate <= most.iv_rate * _ROUNDING):
        return order
    minutes = float(ceil(round(dose * 60 / most.iv_rate / _STEP, 6)) * _STEP)
    every = order.every and Range(max(order.every.low, minutes), max(order.every.high, minutes))
    return replace(order, over=Range(minutes, minutes), every=every, rate=None, push=False)
