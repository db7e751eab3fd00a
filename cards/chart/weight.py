"""The weight of the patient (inputs of clinical rule s.10)."""

from collections.abc import Sequence
from datetime import datetime

from cards.chart.fhir import HOUR
from cards.chart.results import FINAL, Reading
from cards.chart.same_time import deciding
from cards.loading import Knowledge
from cards.model import ADULT_DAYS


def weight_of(readings: Sequence[Reading], age_days: int | None, now: datetime, knowledge: Knowledge) -> float | None:
    """The last one in kg, of a month, of a child of a week; None where it is not known or no adult has it."""
    n, child = knowledge.numbers, age_days is not None and age_days < ADULT_DAYS
    hours = n["fresh.weight.child" if child else "fresh.weight"]
    recent = [r for r in readings if r.status in FINAL and (now - r.when) / HOUR <= hours]
    found = deciding("weight", recent, knowledge)
    if found is None:
        return None
    return found.value if child or n["weight.least"] <= found.value <= n["weight.most"] else None
