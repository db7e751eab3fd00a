"""What is to be told of a protocol before it is used: gaps, overlaps, rows never reached, doses, stops, words."""

from collections.abc import Iterator
from dataclasses import dataclass

from cards.loading import Knowledge
from cards.model import RenalGate
from cards.model.protocol import Condition, Facts, Order, Protocol
from cards.protocol import engine
from cards.protocol.content import elemental_a_day, grams, grams_a_day, grams_per_hour
from cards.protocol.ends import ways
from cards.protocol.levels import gaps, overlaps, unreached
from cards.protocol.say import order_text
from cards.protocol.stops import Bounds, ceilings, way

_ROUNDING = 1.005
_TOLD_OTHERWISE = ("telemetry", "parenteral_nutrition")  # by the unit, by nutrition orders
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
        *gaps(protocol),
        *overlaps(protocol),
        *unreached(protocol),
        *_above_normal(protocol, knowledge),
        *_stops(protocol, knowledge),
        *_own_limits(protocol, knowledge),
        *_products(protocol, knowledge),
        *_choices(protocol),
        *_words(protocol, knowledge),
    ]
    return sorted((Remark(line, text) for line, text in dict.fromkeys(found)), key=lambda r: r.line)


Told = Iterator[tuple[int, str]]


def _signature(protocol: Protocol) -> Told:
    if not protocol.is_signed:
        yield 1, "nobody has signed it: cards say draft, and no limit of ours is raised (approved: by, date)"


def _above_normal(protocol: Protocol, knowledge: Knowledge) -> Told:
    usual = knowledge.numbers[_NORMAL] * protocol.per_mmol
    for row in protocol.rows:
        if (row.give or row.one_of) and row.level.high >= usual:
            usual_text = f"{usual:.{protocol.decimals}f} {protocol.unit}"
            yield (
                row.line,
                f'row "{row.name}" reaches the normal range (from {usual_text}): there only a signed one drafts',
            )


def _stops(protocol: Protocol, knowledge: Knowledge) -> Told:
    """What a stop or ceiling makes of each order, by the state of the kidneys; the worse only where it is another."""
    for row in protocol.rows:
        for order in (*row.give, *row.one_of, *row.then):
            told: list[str] = []
            for gate, (words, egfr) in _kidneys(knowledge).items():
                facts = Facts(None, {"egfr": egfr, "crcl": egfr})
                why = _overruled(order, gate, facts, protocol, knowledge) if _is_for(protocol, facts) else ""
                if why and why not in told:
                    told.append(why)
                    yield row.line, f'row "{row.name}", {words}: {order_text(order)}: {why}'


def _kidneys(knowledge: Knowledge) -> dict[RenalGate, tuple[str, float]]:
    """The states of the kidneys in which something is drafted: in words, and an eGFR of each."""
    r0, r1, r2 = (knowledge.numbers[f"egfr.{gate}"] for gate in ("r0", "r1", "r2"))
    return {
        RenalGate.R0: (f"eGFR {r0:g} or more", r0),
        RenalGate.R1: (f"eGFR {r1:g} to {r0:g}", (r0 + r1) / 2),
        RenalGate.R2: (f"eGFR {r2:g} to {r1:g}", (r1 + r2) / 2),
    }


def _is_for(protocol: Protocol, facts: Facts) -> bool:
    """Whether the scope, as far as it asks for eGFR or clearance alone, holds such kidneys."""
    asked = [c for c in protocol.scope if all(a.of in facts.numbers for both in c.either for a in both)]
    return all(engine.holds(condition, facts, protocol) for condition in asked)


def _overruled(order: Order, gate: RenalGate, facts: Facts, protocol: Protocol, knowledge: Knowledge) -> str:
    asked = engine.at_kidneys(order, protocol, facts)
    if asked is None:
        return ""
    most = ceilings(protocol, facts, gate, knowledge)
    made = [way(one, protocol, Bounds(gate), most, knowledge) for one in ways((asked,))]
    slower = [f"drafted slower: {text}" for each in made for text in each.slower]
    withheld = [
        f"not drafted: {text.removeprefix(order_text(order)).lstrip(': ')}" for e in made for text in e.withheld
    ]
    first = ["the first dose only, a level before the next"] if any(each.first_only for each in made) else []
    return "; ".join(dict.fromkeys([*slower, *withheld, *first]))


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
                        yield row.line, f'row "{row.name}": {value:.2g} {unit} is above its own limit, {most:.3g}'


def _products(protocol: Protocol, knowledge: Knowledge) -> Told:
    for row in protocol.rows:
        for order in (*row.give, *row.one_of, *row.then):
            if order.route in ("oral", "tube") and elemental_a_day(order, protocol, knowledge) is None:
                name = order.product.replace("_", " ")
                yield row.line, f'row "{row.name}": nobody says what {name} holds: products: {{{order.product}: ...}}'


def _choices(protocol: Protocol) -> Told:
    for row in protocol.rows:
        for order in (*row.give, *row.one_of):
            if len(ways((order,))) > 1:
                yield row.line, f'row "{row.name}": {order_text(order)} leaves a choice: the ends are offered (or pick)'


def _words(protocol: Protocol, knowledge: Knowledge) -> Told:
    """Words that no code of a record can tell."""
    words = knowledge.protocol_words
    known = {*words.conditions, *words.drugs, *words.taken, *words.allergies, *_TOLD_OTHERWISE}
    for condition in conditions_of(protocol):
        for atom in (a for both in condition.either for a in both if a.kind == "word" and a.of not in known):
            yield condition.line, f"{atom.text!r}: no record tells {atom.of}, so the service takes it as not so"


def conditions_of(protocol: Protocol) -> Iterator[Condition]:
    """Every condition of a protocol."""
    yield from protocol.scope
    yield from (condition for row in protocol.rows for condition in row.when)
    yield from (condition for told in protocol.not_by_route.values() for condition in told)
    yield from (row.when for row in protocol.kidneys)
