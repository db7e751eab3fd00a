"""The steps of an IV order, one after the other: "4 g over 20 min then 2 g/h" is a load and what maintains it."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, tzinfo

from cards.chart.dosage import Given, PerUnit, given, tells_a_dose, times_a_day
from cards.chart.dose_count import (
    bags_told,
    doses_in_a_day,
    hours_between,
    hours_running,
    repeated,
    series_bound,
    series_hours,
    stated_count,
)
from cards.chart.fhir import child, objects, text, words_of
from cards.chart.schedule import first_due
from cards.chart.strength import as_given
from cards.loading.dose_language import DoseLanguage
from cards.model import UNREAD, Infusion, JsonObject

# what is repeated is no step of its own
_NEXT = re.compile(r"(?:;|\bthen\b|\bfollowed by\b|\bplus\b|\+)(?!,? ?(?:may |can |to )?(?:be )?(?:repeat|rpt))")
_MUSCLE = re.compile(r"\b(?:im|i\.m\.|intramuscular\w*)\b", re.IGNORECASE)
_A_DAY = 24.0


def steps_of(
    dosages: Sequence[JsonObject], per_unit: PerUnit, zone: tzinfo, language: DoseLanguage
) -> tuple[Infusion, ...]:
    """The steps of the dosages (texts in plain form), in grams; bare days begin with midnight of a zone."""
    told = ((part, first_due(dosage, zone)) for dosage in dosages for part in _parts(dosage))
    found = ((_step(part, given(part, per_unit), begins), text(part, "text")) for part, begins in told)
    return tuple(step._replace(per_ml=as_given(words, per_unit, language)) for step, words in found if step)


def _parts(dosage: JsonObject) -> Iterator[JsonObject]:
    """A dosage of words alone, clause by clause; one with a structure tells one step."""
    clauses = [clause for clause in _NEXT.split(text(dosage, "text")) if clause.strip()]
    if len(clauses) < 2 or objects(dosage, "doseAndRate") or child(dosage, "doseQuantity"):
        yield dosage
        return
    for clause in clauses:
        yield {**dosage, "text": clause}


def _step(dosage: JsonObject, told: Given, begins: datetime | None) -> Infusion | None:
    if told.amount is None and told.per_hour is None:
        return None
    muscle = bool(_MUSCLE.search(f"{text(dosage, 'text')} {words_of(child(dosage, 'route'))}"))
    if told.amount is None:
        times = UNREAD if tells_a_dose(dosage) else 1.0  # a rate alone runs on, a dose that nobody can read does not
        running = hours_running(dosage)
        once = running if running < _A_DAY else None
        return Infusion(None, told.per_hour, running, times, muscle, begins, _lasts(dosage, once))
    of, again = bags_told(dosage), repeated(dosage)
    grams = told.amount * of
    hours = grams / told.per_hour if told.per_hour else None
    times = max((doses_in_a_day(dosage) or 1.0) / of, 1.0)
    lasts = None if again.more else _lasts(dosage, hours or (0.0 if muscle else _A_DAY))
    every = hours_between({**dosage, "text": again.before})
    return Infusion(grams, told.per_hour, hours, times, muscle, begins, lasts, every)


def _lasts(dosage: JsonObject, once: float | None) -> float | None:
    """Hours from the first dose to the end of the last, `once` of one; None where it goes on or nobody says."""
    repeat = child(child(dosage, "timing"), "repeat")
    if series := series_hours(repeat):
        return series + (0.0 if "duration" in repeat else once or _A_DAY)
    return series_bound(dosage) or (once if _is_one(dosage) else None)


def _is_one(dosage: JsonObject) -> bool:
    """One dose: it is counted so, or nothing says that it comes again."""
    count, events = stated_count(dosage), child(dosage, "timing").get("event")
    if isinstance(events, list) and len(events) > 1:
        return False
    return times_a_day(dosage) is None if count is None else count == 1
