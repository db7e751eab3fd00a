"""The ways in which an order that leaves a choice can be given: the ends of its ranges."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product
from typing import Any

from cards.model.protocol import Order, Range

_RANGES = ("over", "every", "doses", "per_day", "lasts", "rate")


def ends(order: Order) -> tuple[Order, ...]:
    """The lowest and the highest way: little in little time, much in much; one where nothing is left to choose."""
    low, high = _end(order, "low"), _end(order, "high")
    return (low,) if low == high else (low, high)


def _end(order: Order, which: str) -> Order:
    def at(told: Range) -> Range:
        value = getattr(told, which)
        return Range(value, value)

    changed: dict[str, Any] = {name: at(told) for name in _RANGES if (told := getattr(order, name)) is not None}
    pieces = order.pieces and replace(order.pieces, range=at(order.pieces.range))
    return replace(order, amount=replace(order.amount, range=at(order.amount.range)), pieces=pieces, **changed)


def ways(bundle: Sequence[Order]) -> list[tuple[Order, ...]]:
    """Every combination of the ends of several orders that are given together."""
    return list(product(*map(ends, bundle)))
