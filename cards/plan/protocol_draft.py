"""An order of a hospital's own protocol as a draft: its product, steps and times."""

from dataclasses import replace
from math import isclose
from typing import TypedDict

from cards.chart import Chart
from cards.loading.protocol.orderable import product_id
from cards.model import DoseStep, DraftMedication
from cards.model.protocol import Order, Protocol
from cards.protocol.content import (
    count,
    elemental_a_day,
    elemental_mg,
    elemental_per_piece,
    every_of,
    grams,
    grams_per_hour,
    most_grams_a_day,
    product_of,
)
from cards.protocol.say import dose_text

_PIECES = frozenset({"tablet", "capsule", "sachet"})

_UNITS = {"meq": "mEq", "ml": "mL"}


MINUTES_A_DAY = 1440
_NEAR = 0.02  # so much two doses may differ by rounding

_PREMIX = "premix"


class _Times(TypedDict):
    per_day: int | None
    every: float | None
    count: int | None
    as_needed: bool
    after: float


# -- orders -----------------------------------------------------------------------------------------------------------
def draft(order: Order, protocol: Protocol, chart: Chart) -> DraftMedication:
    """The draft of an order."""
    if order.route == "iv":
        return DraftMedication(_bag(order, chart), (_iv_step(order, chart),))
    days = int(order.lasts.high // MINUTES_A_DAY) or None if order.lasts else None
    product = product_of(order, chart.knowledge)
    listed = product.id if product else product_id(order)
    elemental = elemental_a_day(order, protocol, chart.knowledge)
    return DraftMedication(listed, (_oral_step(order, protocol, chart),), days, elemental)


def _bag(order: Order, chart: Chart) -> str:
    """The largest premixed bag of which whole ones make up the dose; by name where another fluid is told."""
    dose = grams(order, chart.knowledge) or 0.0
    if order.diluent and _PREMIX not in order.diluent.lower():
        return "iv_vial"
    bags = sorted((p.grams, p.id) for p in chart.knowledge.products.values() if p.grams)
    whole = [name for size, name in bags if dose >= size and isclose(dose / size, round(dose / size), abs_tol=1e-6)]
    return whole[-1] if whole else "iv_vial"


def _iv_step(order: Order, chart: Chart) -> DoseStep:
    dose, rate = grams(order, chart.knowledge) or 0.0, grams_per_hour(order, chart.knowledge)
    minutes = round(order.over.high) if order.over else round(dose * 60 / rate) if rate else None
    return DoseStep(
        dose_text(order, None if order.amount.unit.startswith("g ") else dose),
        round(dose, 2),
        "g",
        minutes=minutes,
        grams_per_hour=rate,
        short=dose_text(replace(order, diluent="", remarks=()), None if order.amount.unit.startswith("g ") else dose),
        most_a_day=round(most, 2) if (most := most_grams_a_day(order, chart.knowledge)) else None,
        **_times(order, minutes),
    )


def _times(order: Order, minutes: float | None = None) -> _Times:
    """How often and how many, as a step of a draft holds it; several doses without a time between begin as one ends."""
    every, doses = every_of(order), count(order)
    in_a_row = minutes if doses and doses > 1 and not (order.per_day or order.as_needed or order.days) else None
    return {
        "per_day": round(order.per_day.high) if order.per_day else None,
        "every": every.high if every else in_a_row,
        "count": doses,
        "as_needed": order.as_needed,
        "after": (order.days.low - 1) * MINUTES_A_DAY if order.days else 0.0,
    }


def _oral_step(order: Order, protocol: Protocol, chart: Chart) -> DoseStep:
    quantity, unit = _pieces(order, protocol, chart)
    total = elemental_a_day(order, protocol, chart.knowledge)
    told = dose_text(replace(order, remarks=()))
    return DoseStep(
        chart.knowledge.words.say("protocol.oral", dose=", ".join((told, *order.remarks)), total=total or 0.0),
        quantity,
        unit,
        short=told,
        **_times(replace(order, lasts=None)),
    )


def _pieces(order: Order, protocol: Protocol, chart: Chart) -> tuple[float, str]:
    """The dose in tablets or sachets where whole or half ones make it up, else in the unit of the protocol."""
    amount, product = order.pieces or order.amount, product_of(order, chart.knowledge)
    if amount.unit in _PIECES:
        return amount.range.high, amount.unit
    piece = elemental_per_piece(order, protocol, chart.knowledge)
    dose = elemental_mg(order, protocol, chart.knowledge)
    if piece and dose:
        halves = round(dose / piece * 2)
        if halves and abs(dose / piece * 2 - halves) <= _NEAR * halves:
            own = protocol.products.get(order.product)
            return halves / 2, own.unit if own else _unit_of(product.id if product else "", chart)
    unit = amount.unit.split(" ")[0]
    return amount.range.high, _UNITS.get(unit, unit)


def _unit_of(product: str, chart: Chart) -> str:
    salt = chart.knowledge.doses.salts.get(product)
    return salt.unit if salt and salt.unit != "mg" else "tablet"
