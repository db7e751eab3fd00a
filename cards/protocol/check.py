"""What is to be told of a protocol before it is used: gaps, overlaps, rows never reached, doses, stops, words."""

from collections.abc import Iterator
from dataclasses import dataclass

from cards.loading import Knowledge
from cards.model import RenalGate
from cards.model.protocol import Order, Protocol
from cards.model.protocol_answer import Facts
from cards.protocol import engine
from cards.protocol.adjusted import by_weight
from cards.protocol.content import elemental_a_day, grams, grams_a_day, grams_per_hour
from cards.protocol.ends import ways
from cards.protocol.kidneys import SAMPLE_KG, Kidneys, conditions_of, is_for, kidneys, span
from cards.protocol.levels import gaps, overlaps, unreached
from cards.protocol.say import order_text
from cards.protocol.stops import Bounds, ceilings, way
from cards.units import round_half_up

_ROUNDING = 1.005
_TOLD_OTHERWISE = ("telemetry", "parenteral_nutrition")  # by the unit, by nutrition orders
_NOT_READ = frozenset({"day", "dose"})
_ALWAYS_ASKED = frozenset({"egfr", "crcl", "age", "magnesium"})
_NORMAL = "limit.lower.default"


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing to know of a protocol: its line, what it is, and what can be done."""

    line: int
    text: str


def check(protocol: Protocol, knowledge: Knowledge) -> list[Remark]:
    """Every remark, by line."""
    found = [
        *_signature(protocol),
        *gaps(protocol, round_half_up(_normal_from(protocol, knowledge), protocol.decimals)),
        *overlaps(protocol),
        *unreached(protocol),
        *_above_normal(protocol, knowledge),
        *_stops(protocol, knowledge),
        *_own_limits(protocol, knowledge),
        *_products(protocol, knowledge),
        *_choices(protocol),
        *_by_weight(protocol),
        *_words(protocol, knowledge),
        *_numbers(protocol),
        *_unknown(protocol),
    ]
    return sorted((Remark(line, text) for line, text in dict.fromkeys(found)), key=lambda r: r.line)


Told = Iterator[tuple[int, str]]


def _signature(protocol: Protocol) -> Told:
    if not protocol.is_signed:
        yield 1, "draft: nobody has signed it; cards say so, and no ceiling of ours is raised (approved: by, date)"


def _normal_from(protocol: Protocol, knowledge: Knowledge) -> float:
    """The usual lower limit of normal, in the protocol's unit."""
    return knowledge.numbers[_NORMAL] * protocol.per_mmol


def _above_normal(protocol: Protocol, knowledge: Knowledge) -> Told:
    usual = _normal_from(protocol, knowledge)
    for row in protocol.rows:
        reaches = row.level.high > usual or (row.level.high == usual and row.level.with_high)
        if (row.give or row.one_of) and reaches and not row.level.band:
            usual_text = f"{usual:.{protocol.decimals}f} {protocol.unit}"
            told = f'row "{row.name}" reaches the normal range ({usual_text} and more)'
            yield row.line, f"normal: {told}: there only a signed protocol drafts"


def _stops(protocol: Protocol, knowledge: Knowledge) -> Told:
    """What a stop or ceiling makes of each order, by the state of the kidneys: a line an order."""
    for row in protocol.rows:
        orders = (*row.give, *row.one_of, *row.then)
        for order in orders:
            unknown = _is_of_unknown_content(order, protocol, knowledge)
            told = [] if unknown else _by_kidneys(order, row.at_kidneys, protocol, knowledge)
            which = f" ({order_text(order)})" if len(orders) > 1 else ""
            if told:
                yield row.line, f'stop: row "{row.name}"{which}: {"; ".join(told)}'


def _by_kidneys(order: Order, state: str, protocol: Protocol, knowledge: Knowledge) -> list[str]:
    """What becomes of an order, one text for neighbouring states of the kidneys in which the same does.

    `state`: the only one that the order is for; "" for any.
    """
    found: list[tuple[str, list[Kidneys]]] = []
    for each in (k for k in kidneys(protocol, knowledge) if state in ("", k.gate.name)):
        facts = each.facts
        why = _overruled(order, each.gate, facts, protocol, knowledge) if is_for(protocol, facts) else ""
        if found and found[-1][0] == why:
            found[-1][1].append(each)
        else:
            found.append((why, [each]))
    heavy = f" at {SAMPLE_KG:g} kg" if order.amount.unit.endswith("/kg") else ""
    return [f"{span(neighbours)}{heavy}: {why}" for why, neighbours in found if why]


def _overruled(order: Order, gate: RenalGate, facts: Facts, protocol: Protocol, knowledge: Knowledge) -> str:
    changed = engine.at_kidneys(order, protocol, facts)
    if changed is None:
        return ""
    asked = by_weight(changed, facts)
    most = ceilings(protocol, facts, gate, knowledge)
    made = [way(one, protocol, Bounds(gate), most, knowledge) for one in ways((asked,))]
    names = [f"{order_text(one)}: " for (one,) in ways((asked,))]
    slower = [f"drafted slower, {text}" for each in made for text in each.slower]
    withheld = [
        f"not drafted, {text.removeprefix(name)}"
        for each, name in zip(made, names, strict=True)
        for text in each.withheld
    ]
    first = ["first dose only, a level before the next"] if any(each.first_only for each in made) else []
    return ", ".join(dict.fromkeys([*slower, *withheld, *first]))


def _own_limits(protocol: Protocol, knowledge: Knowledge) -> Told:
    """Orders beyond what the protocol says itself."""
    for row in protocol.rows:
        for order in (*row.give, *row.one_of, *row.then):
            for limits in protocol.limits:
                told = {
                    "g/h": (grams_per_hour(order, knowledge), limits.iv_rate),
                    "g in 24 h": (grams_a_day(order, knowledge), limits.iv_24h),
                    "g an order": (grams(order, knowledge), limits.iv_order),
                }
                for unit, (value, most) in told.items():
                    if order.route == "iv" and value and most and value > most * _ROUNDING:
                        yield (
                            row.line,
                            f'limit: row "{row.name}": {value:.2g} {unit} is above its own limit of {most:.3g}',
                        )


def _is_of_unknown_content(order: Order, protocol: Protocol, knowledge: Knowledge) -> bool:
    """Whether nobody says how much magnesium a product by mouth holds."""
    return order.route in ("oral", "tube") and elemental_a_day(order, protocol, knowledge) is None


def _products(protocol: Protocol, knowledge: Knowledge) -> Told:
    for row in protocol.rows:
        for order in (*row.give, *row.one_of, *row.then):
            if _is_of_unknown_content(order, protocol, knowledge):
                name = order.product.replace("_", " ")
                fix = f"products: {{{order.product}: {{elemental_mg: ...}}}}"
                yield row.line, f'product: row "{row.name}": nobody says how much {name} holds; write {fix}'


def _choices(protocol: Protocol) -> Told:
    for row in protocol.rows:
        for order in (*row.give, *row.one_of):
            if len(ways((order,))) > 1:
                yield row.line, f'choice: row "{row.name}": both ends of {order_text(order)} are offered; or write pick'


def _by_weight(protocol: Protocol) -> Told:
    for row in protocol.rows:
        for order in (*row.give, *row.one_of, *row.then):
            if order.amount.unit.endswith("/kg") and order.cap is None:
                yield row.line, f'weight: row "{row.name}": {order_text(order)} has no upper limit: at most ... g'


def _numbers(protocol: Protocol) -> Told:
    """Numbers that the service reads of no record."""
    for condition in conditions_of(protocol):
        for atom in (a for both in condition.either for a in both):
            if atom.kind in ("number", "known") and atom.of in _NOT_READ:
                yield condition.line, _not_known(f"the {atom.of.replace('_', ' ')}", atom.no)


def _unknown(protocol: Protocol) -> Told:
    """Numbers of the scope without which nobody is let in, but for those without which we draft nothing either."""
    for condition in protocol.scope:
        asked = {atom.of for both in condition.either for atom in both if atom.kind == "number"}
        if asked - _ALWAYS_ASKED and not engine.holds(condition, Facts(None), protocol):
            name = " or ".join(sorted(of.replace("_", " ") for of in asked))
            instead = f'write "{condition.text} or {name} unknown" if these are to be let in'
            yield condition.line, f"unknown: who has no {name} on record is not for this protocol; {instead}"


def _words(protocol: Protocol, knowledge: Knowledge) -> Told:
    """Words that no code of a record can tell."""
    words = knowledge.protocol_words
    known = {*words.conditions, *words.drugs, *words.taken, *words.allergies, *words.judged, *_TOLD_OTHERWISE}
    for condition in conditions_of(protocol):
        for atom in (a for both in condition.either for a in both if a.kind == "word" and a.of not in known):
            yield condition.line, _not_known(repr(atom.of.replace("_", " ")), atom.no)


def _not_known(name: str, is_denied: bool) -> str:
    """What it means that no record tells something, and what to write instead."""
    means = "excludes nobody" if is_denied else "never holds"
    instead = "a unit, drug, result or condition that records tell; cases may use it"
    return f"word: no record tells {name}: it cannot be known by the service and {means}; write {instead}"
