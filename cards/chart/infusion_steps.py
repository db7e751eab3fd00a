"""The steps of an IV order, one after the other: "4 g over 20 min then 2 g/h" is a load and what maintains it."""

import re
from collections.abc import Iterator, Mapping, Sequence

from cards.chart.dosage import Given, PerUnit, given, tells_a_dose
from cards.chart.dose_count import doses_in_a_day, hours_running
from cards.chart.fhir import child, objects, text, words_of
from cards.model import UNREAD, Infusion, JsonObject

_NEXT = re.compile(r";|\bthen\b|\bfollowed by\b|\bplus\b|\+")
_MUSCLE = re.compile(r"\b(?:im|i\.m\.|intramuscular\w*)\b", re.IGNORECASE)


def steps_of(dosages: Sequence[JsonObject], per_unit: PerUnit) -> tuple[Infusion, ...]:
    """The steps of the dosages (texts in plain form), in grams."""
    told = (part for dosage in dosages for part in _parts(dosage))
    return tuple(step for part in told if (step := _step(part, given(part, per_unit))))


def _parts(dosage: JsonObject) -> Iterator[JsonObject]:
    """A dosage of words alone, clause by clause; one with a structure tells one step."""
    clauses = [clause for clause in _NEXT.split(text(dosage, "text")) if clause.strip()]
    if len(clauses) < 2 or objects(dosage, "doseAndRate") or child(dosage, "doseQuantity"):
        yield dosage
        return
    for clause in clauses:
        yield {**dosage, "text": clause}


def _step(dosage: Mapping[str, object], told: Given) -> Infusion | None:
    if told.amount is None and told.per_hour is None:
        return None
    muscle = bool(_MUSCLE.search(f"{text(dosage, 'text')} {words_of(child(dosage, 'route'))}"))
    if told.amount is None:
        times = UNREAD if tells_a_dose(dosage) else 1.0  # a rate alone runs on, a dose that nobody can read does not
        return Infusion(None, told.per_hour, hours_running(dosage), times, muscle)
    hours = told.amount / told.per_hour if told.per_hour else None
    return Infusion(told.amount, told.per_hour, hours, max(doses_in_a_day(dosage) or 1.0, 1.0), muscle)
