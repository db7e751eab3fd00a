"""What a client sent, put to its readers: which resources tell of the person, the stay, results and medicines."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from cards.chart import sorting
from cards.chart.asked_results import OnDemand
from cards.chart.encounter_setting import is_forgotten, setting_told
from cards.chart.fhir import HOUR, text
from cards.chart.medicines import administrations, may_be_infused, may_be_running, medicines, nameless
from cards.chart.person import Person, age_in_days, current_encounter, encounter_start, has_died, sex_of
from cards.chart.reports import results_told
from cards.chart.result_names import analyte_of, is_unsettled
from cards.chart.results import FINAL, Reading, is_haemolysed, read, shown_in
from cards.chart.same_time import deciding
from cards.chart.sorting import Kind, Sorted, Unread, What, Why
from cards.loading import Knowledge
from cards.model import OF_UNITS, Doubt, Doubtful, JsonObject, Medication, Result, Setting, Snapshot, Unreadable

ByAnalyte = dict[str, list[Reading]]


class Readings(NamedTuple):
    """The results by analyte, those that could not be read, and the rest: not for us, or not understood."""

    found: ByAnalyte
    set_aside: list[Doubtful]
    left: list[JsonObject]


def person_of(sent: Sorted, pregnant: bool, now: datetime) -> Person:
    """Who the patient is, as far as the Patient resource says."""
    patient = next(iter(sent.of(sorting.PATIENT)), {})
    return Person(age_in_days(patient, now), sex_of(patient), pregnant, has_died(patient, now))


def current(sent: Sorted, encounter_id: str | None, now: datetime, knowledge: Knowledge) -> JsonObject | None:
    """The stay that the call is about."""
    return current_encounter(sent.of(sorting.ENCOUNTER), encounter_id, now, knowledge)


def stay(
    encounter: JsonObject | None, snapshot: Snapshot, missing: frozenset[str], now: datetime, knowledge: Knowledge
) -> tuple[Setting, datetime | None]:
    """Where the patient is, and since when."""
    setting, began = setting_told(encounter, knowledge), encounter_start(encounter, knowledge.site.zone)
    if setting.acts_as_inpatient and is_forgotten(began, snapshot.resources, missing, now, knowledge):
        setting = Setting.UNKNOWN
    return setting, began


def readings(sent: Sorted, knowledge: Knowledge, now: datetime) -> Readings:
    """Every result that was sent, read."""
    found = Readings({}, [], [])
    for resource in results_told(sent.of(sorting.OBSERVATION, sorting.REPORT), knowledge):
        reading = read(resource, knowledge, now)
        if reading is None:
            found.left.append(resource)
        elif isinstance(reading, Doubtful):
            found.set_aside.append(reading)
        elif reading.analyte in knowledge.terminology.asked:
            found.found.setdefault(reading.analyte, []).append(reading)
    return found


def fresh(found: ByAnalyte, knowledge: Knowledge, now: datetime, place: str) -> Mapping[str, list[Reading]]:
    """The confirmed results per analyte that are not too old, by the limits of a place.

    Haemolysed potassium is no potassium.
    """

    def of(analyte: str, listed: list[Reading]) -> list[Reading]:
        hours = _fresh_hours(analyte, knowledge, place)
        recent = [r for r in listed if r.status in FINAL and (now - r.when) / HOUR <= hours]
        return [r for r in recent if not is_haemolysed(r.resource)] if analyte == "potassium" else recent

    return OnDemand(found, of)


def deciding_results(found: Mapping[str, list[Reading]], knowledge: Knowledge) -> Mapping[str, Result]:
    """The result of each analyte that counts."""

    def of(analyte: str, listed: list[Reading]) -> Result | None:
        counts = deciding(analyte, listed, knowledge)
        return _as_the_site_reads_it(counts, knowledge) if counts else None

    return OnDemand(found, of)


def _as_the_site_reads_it(result: Result, knowledge: Knowledge) -> Result:
    told = shown_in(result, knowledge)
    return result if told == result.shown else replace(result, shown=told)


def _fresh_hours(analyte: str, knowledge: Knowledge, place: str) -> float:
    limit = knowledge.results.fresh.get(analyte, "fresh.electrolytes")
    names = (limit, f"{limit}.{place.replace(' ', '_')}", f"{limit}.{Setting.INPATIENT.value}")
    return next(knowledge.numbers[name] for name in names if name in knowledge.numbers)


def medications(
    sent: Sorted,
    drafts: Iterable[JsonObject],
    came_along: Mapping[str, JsonObject],
    knowledge: Knowledge,
    now: datetime,
) -> tuple[Medication, ...]:
    """The medicines ordered, told or dispensed, without what is being drafted; and those given."""
    drafted = {f"{text(d, 'resourceType')}/{text(d, 'id')}" for d in drafts}
    ordered = medicines(sent.of(*sorting.ORDERED), came_along, knowledge, now)
    given = administrations(sent.of(sorting.ADMINISTRATION), came_along, knowledge)
    return tuple(m for m in ordered if m.reference not in drafted) + given


def unread_medicines(
    sent: Sorted, came_along: Mapping[str, JsonObject], knowledge: Knowledge
) -> Mapping[str, JsonObject]:
    """Medicines that nobody can name, ordered or given, by reference."""
    return nameless((*sent.of(*sorting.ORDERED), *sent.of(sorting.ADMINISTRATION)), came_along, knowledge)


def unread_orders(unread: Mapping[str, JsonObject], knowledge: Knowledge, now: datetime) -> int:
    """Active orders, and administrations of the last day, whose drug nobody can name."""
    since = now - timedelta(hours=knowledge.numbers["duplicate.iv_hours"])
    return sum(may_be_running(resource, since) for resource in unread.values())


def unread_infusions(
    unread: Mapping[str, JsonObject],
    came_along: Mapping[str, JsonObject],
    knowledge: Knowledge,
    now: datetime,
) -> int:
    """Those of them that may be IV magnesium: given by vein, or nobody says how (s.10)."""
    since = now - timedelta(hours=knowledge.numbers["duplicate.iv_hours"])
    running = (resource for resource in unread.values() if may_be_running(resource, since))
    return sum(may_be_infused(resource, came_along, knowledge) for resource in running)


def bundled(sent: Sorted, drafts: Iterable[JsonObject]) -> dict[str, JsonObject]:
    """Medication resources that came along, by reference."""
    along = (r for r in drafts if r.get("resourceType") == sorting.MEDICATION)
    return {f"Medication/{ident}": r for r in (*sent.of(sorting.MEDICATION), *along) if (ident := text(r, "id"))}


# a result that could be read and cannot be used is understood
_WHYS: Mapping[Doubt, Why] = {
    **dict.fromkeys(OF_UNITS, Why.UNIT),
    **dict.fromkeys((Doubt.NO_DATE, Doubt.FUTURE), Why.DATE),
    **dict.fromkeys((Doubt.NO_VALUE, Doubt.TEXT_ONLY, Doubt.COMPARATOR), Why.VALUE),
    Doubt.STATUS: Why.SHAPE,
}


def unread_results(found: Readings, knowledge: Knowledge) -> Iterator[Unread]:
    """The results that nobody understands."""
    for aside in found.set_aside:
        why = _WHYS.get(aside.why)
        if why and aside.what in knowledge.terminology.asked:
            unit = aside.unit if isinstance(aside, Unreadable) else ""
            yield Unread(Kind(What.RESULT, why), ((aside.what, unit),) if unit else ())
    unknown = [r for r in found.left if analyte_of(r, knowledge) is None]
    yield from sorting.unread_results(unknown, knowledge.terminology, lambda r: is_unsettled(r, knowledge))
