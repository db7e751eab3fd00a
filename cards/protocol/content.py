"""How much magnesium an order holds: grams of sulfate IV in 24 hours, elemental mg a day by mouth."""

from cards.loading import Knowledge, Product
from cards.model.protocol import INF, Order, Protocol, Range

_DAY = 1440.0
_PIECES = frozenset({"tablet", "capsule", "sachet", "ampoule", "ml"})


def grams(order: Order, knowledge: Knowledge) -> float | None:
    """Grams of magnesium sulfate of one dose, at the top of a range; None where that cannot be told."""
    factor = knowledge.protocol_words.grams.get(order.amount.unit)
    return order.amount.range.high * factor if factor and order.salt == "sulfate" else None


def doses_a_day(order: Order) -> float:
    """The most doses that fall into 24 hours."""
    if order.day_total:
        return 1.0
    by_time = order.per_day.high if order.per_day else -(-_DAY // order.every.low) if order.every else None
    count = order.doses.high if order.doses else order.most_doses
    if by_time is None:
        return count or 1.0
    return min(by_time, count) if count else by_time


def grams_a_day(order: Order, knowledge: Knowledge) -> float | None:
    """Grams of magnesium sulfate in 24 hours."""
    dose = grams(order, knowledge)
    if dose is None:
        return None
    longer = order.over.low / _DAY if order.over and order.over.low > _DAY else 1.0
    return min(dose * doses_a_day(order) / longer, most_grams_a_day(order, knowledge) or INF)


def most_grams_a_day(order: Order, knowledge: Knowledge) -> float | None:
    """The most grams of magnesium sulfate that an order as needed allows in 24 hours; None where it names no limit."""
    most = order.most_a_day
    factor = knowledge.protocol_words.grams.get(most.unit) if most else None
    return most.range.high * factor if most and factor and order.salt == "sulfate" else None


def count(order: Order) -> int | None:
    """How many doses an order is at most; None where it ends with no count."""
    if order.doses:
        return round(order.doses.high)
    if order.most_doses and not order.most_a_day:
        return round(order.most_doses)
    length, every = _length(order), every_of(order)
    if order.day_total and not (every or order.per_day):
        return 1
    often = order.per_day.high / _DAY if order.per_day else 1 / every.high if every else None
    return max(1, round(length * often)) if length and often else None


def _length(order: Order) -> float | None:
    """How many minutes a course lasts."""
    if order.lasts:
        return order.lasts.high
    return _DAY * (order.days.high - order.days.low + 1) if order.days else None


def every_of(order: Order) -> Range | None:
    """How often it comes round, in minutes; daily, what is given on several days or as so much a day for some time."""
    goes_on = order.day_total and (order.lasts or order.until)
    repeats = goes_on or (order.days is not None and order.days.is_open)
    return order.every or (Range(_DAY, _DAY) if repeats and not order.per_day else None)


def grams_per_hour(order: Order, knowledge: Knowledge) -> float | None:
    """The fastest rate; None where no time is told, infinite where it is pushed."""
    dose = grams(order, knowledge)
    if order.rate:
        return order.rate.high
    if dose is None or not (order.over or order.push):
        return None
    return dose * 60 / order.over.low if order.over else float("inf")


def product_of(order: Order, knowledge: Knowledge) -> Product | None:
    """The orderable product that an order by mouth means, as far as the tables hold one."""
    named = knowledge.protocol_words.product(order.product)
    return knowledge.products.get(named.orders if named and named.orders else order.product)


def elemental_per_piece(order: Order, protocol: Protocol, knowledge: Knowledge) -> float | None:
    """Elemental mg of one tablet, sachet, ...; None where nobody says."""
    own = protocol.products.get(order.product)
    if own and own.elemental_mg:
        return own.elemental_mg
    product = product_of(order, knowledge)
    return product.elemental_mg if product else None


def elemental_mg(order: Order, protocol: Protocol, knowledge: Knowledge) -> float | None:
    """Elemental mg of one dose by mouth, at the top of a range; None where nobody says what the product holds."""
    unit, words = order.amount.unit, knowledge.protocol_words
    own = protocol.products.get(order.product)
    if own and own.elemental_mg and order.pieces and order.pieces.unit in _PIECES:
        return order.pieces.range.high * own.elemental_mg
    if unit in words.elemental_mg:
        return order.amount.range.high * words.elemental_mg[unit]
    if unit in _PIECES:
        piece = elemental_per_piece(order, protocol, knowledge)
        return order.amount.range.high * piece if piece else None
    named = words.product(order.product)
    milligrams = {"mg salt": 1.0, "g salt": 1000.0}.get(unit)
    return order.amount.range.high * milligrams * named.share if milligrams and named and named.share else None


def elemental_a_day(order: Order, protocol: Protocol, knowledge: Knowledge) -> float | None:
    """Elemental mg a day by mouth."""
    dose = elemental_mg(order, protocol, knowledge)
    return None if dose is None else dose * doses_a_day(order)
