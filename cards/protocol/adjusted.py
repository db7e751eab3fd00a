"""An order as the kidneys and the weight of a patient change it."""

from dataclasses import replace

from cards.model.protocol import KidneyRow, Order, Range
from cards.model.protocol_answer import Facts

_WEIGHED = "/kg"


def for_kidneys(order: Order, row: KidneyRow) -> Order | None:
    """An order as a row of the kidneys makes it; None where it gives none."""
    if row.factor == 0:
        return None
    amount = row.dose or replace(order.amount, range=order.amount.range.times(row.factor))
    pieces = order.pieces and replace(order.pieces, range=order.pieces.range.times(row.factor))
    return replace(
        order,
        amount=amount,
        pieces=None if row.dose else pieces,
        over=row.over or (order.over.times(row.over_factor) if order.over else None),
        every=row.every or order.every,
        doses=row.doses or order.doses,
        per_day=row.per_day or order.per_day,
    )


def by_weight(order: Order, facts: Facts) -> Order:
    """An order by the kilogram as the amount for this patient; unchanged where the weight is not known."""
    weight, unit = facts.numbers.get("weight"), order.amount.unit
    if weight is None or not unit.endswith(_WEIGHED):
        return order
    whole, dose, cap = unit.removesuffix(_WEIGHED), order.amount.range.times(weight), order.cap
    if cap and cap.unit == whole:
        dose = Range(min(dose.low, cap.range.high), min(dose.high, cap.range.high))
    return replace(order, amount=replace(order.amount, unit=whole, range=dose), per_kg=order.amount)
