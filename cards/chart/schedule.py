"""How often an order is to be given: once, again and again, all the time, rarely, as needed (clinical rule s.2.4)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, tzinfo

from cards.chart.dosage import times_a_day
from cards.chart.dose_count import bounded_hours, series_hours, stated_count
from cards.chart.fhir import child, moment, objects, text
from cards.loading.dose_language import DoseLanguage
from cards.model import Infusion, JsonObject, Schedule

_RARELY_BELOW = 0.3  # doses a day: less often than every third day


def schedule_of(
    resource: JsonObject, dosages: Sequence[JsonObject], steps: Sequence[Infusion], language: DoseLanguage
) -> Schedule:
    """The schedule of an order by its timing and words; a protocol that lets a rate run on is no order as needed."""
    told = [{**dosage, "text": language.plain(text(dosage, "text"))} for dosage in dosages]
    notes = (text(note, "text") for note in objects(resource, "note"))
    worded = " ; ".join((*(text(dosage, "text") for dosage in told), language.plain(" ; ".join(notes))))
    runs_on = any(step.grams is None for step in steps)
    if any(map(_is_as_needed, told)) or language.as_needed.search(worded):
        return Schedule.AS_NEEDED
    if runs_on:
        return Schedule.CONTINUOUS
    if language.by_protocol.search(worded):
        return Schedule.AS_NEEDED
    return _by_timing(told, worded, language)


def _is_as_needed(dosage: Mapping[str, object]) -> bool:
    """R4 asNeeded[x], R5 asNeeded and asNeededFor."""
    flags = (dosage.get("asNeededBoolean"), dosage.get("asNeeded"))
    return True in flags or any(dosage.get(key) for key in ("asNeededCodeableConcept", "asNeededFor"))


def _by_timing(told: Sequence[JsonObject], worded: str, language: DoseLanguage) -> Schedule:
    times = [n for n in map(times_a_day, told) if n is not None]
    if any(n < _RARELY_BELOW for n in times) or language.rarely.search(worded):
        return Schedule.RARELY
    counts = [stated_count(dosage) for dosage in told]
    return Schedule.REPEATED if times and None in counts else Schedule.ONCE


def due_at(dosages: Sequence[JsonObject]) -> datetime | None:
    """The last time that an order names for its dose: of its events, else the start of its bounds."""
    timings = [child(dosage, "timing") for dosage in dosages]
    events = (event for timing in timings for event in _listed(timing.get("event")))
    bounds = (text(child(child(timing, "repeat"), "boundsPeriod"), "start") for timing in timings)
    named = [found for found in map(moment, events) if found] or [found for found in map(moment, bounds) if found]
    return max(named, default=None)


def first_due(dosage: JsonObject, zone: tzinfo) -> datetime | None:
    """The first time that a dosage names: of its events, else the start of its bounds; of a bare day its midnight."""
    timing = child(dosage, "timing")
    events = (moment(event, zone) for event in _listed(timing.get("event")))
    started = moment(text(child(child(timing, "repeat"), "boundsPeriod"), "start"), zone)
    return min(filter(None, events), default=started)


def ends_at(resource: JsonObject, dosages: Sequence[JsonObject], start: datetime | None) -> datetime | None:
    """When an order that names a period is over: after its bounds or its counted doses, else when its validity ends."""
    repeats = [child(child(dosage, "timing"), "repeat") for dosage in dosages]
    hours = max((bounded_hours(repeat) or series_hours(repeat) for repeat in repeats), default=0.0)
    if start is not None and hours:
        return start + timedelta(hours=hours)
    return moment(text(child(child(resource, "dispenseRequest"), "validityPeriod"), "end"))


def _listed(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()
