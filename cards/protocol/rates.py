"""Grams, duration and rate that an order stands for, as ranges."""

from cards.loading.protocol.vocabulary import Vocabulary
from cards.model.protocol import Order, Range


def grams(order: Order, words: Vocabulary) -> Range | None:
    """How many grams it orders; None where its unit is none of mass."""
    factor = words.grams.get(order.amount.unit)
    return order.amount.range.times(factor) if factor else None


def duration(order: Order, words: Vocabulary) -> Range | None:
    """How long it takes at its rate."""
    mass = grams(order, words)
    return Range(mass.low / order.rate.high * 60, mass.high / order.rate.low * 60) if mass and order.rate else None


def rate(order: Order, words: Vocabulary) -> Range | None:
    """At which rate it runs, by its duration."""
    mass = grams(order, words)
    return Range(mass.low / order.over.high * 60, mass.high / order.over.low * 60) if mass and order.over else None
