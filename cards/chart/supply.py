"""For how long a medicine is ordered: by the bounds of its dosage, or its supply and repeats."""

import re

from cards.chart.fhir import child, number, objects, text
from cards.model import JsonObject

_LONG_TERM = re.compile(r"\b(?:long[- ]?term|lifelong|indefinite(?:ly)?)\b", re.IGNORECASE)
_DAYS = {
    "d": 1.0,
    "day": 1.0,
    "days": 1.0,
    "wk": 7.0,
    "week": 7.0,
    "weeks": 7.0,
    "mo": 30.0,
    "month": 30.0,
    "months": 30.0,
}


def is_long_term(order: JsonObject) -> bool:
    """Whether the words of the dosage say that it is meant to go on."""
    return any(_LONG_TERM.search(text(d, "text")) for d in objects(order, "dosageInstruction"))


def ordered_days(order: JsonObject) -> float:
    """The longest that is told, in days; 0 when nothing is."""
    bounds = (child(child(child(d, "timing"), "repeat"), "boundsDuration") for d in objects(order, "dosageInstruction"))
    told = [_days(quantity) for quantity in bounds]
    request = child(order, "dispenseRequest")
    repeats = number(request, "numberOfRepeatsAllowed") or 0.0
    told.append(_days(child(request, "expectedSupplyDuration")) * (1 + repeats))
    return max(told)


def _days(quantity: JsonObject) -> float:
    unit = text(quantity, "code") or text(quantity, "unit")
    return (number(quantity, "value") or 0.0) * _DAYS.get(unit.strip().lower(), 0.0)
