"""What a client sent, put to its readers: which resources tell of the person, the stay, results and medicines."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from cards.chart import inputs, sorting
from cards.chart.fhir import text
from cards.chart.medicines import administrations, medicines, nameless, running
from cards.chart.person import Person, age_in_days, current_encounter, encounter_start, has_died, setting_of, sex_of
from cards.chart.results import FINAL, Reading, is_haemolysed, read
from cards.chart.sorting import Kind, Sorted, What, Why
from cards.loading import Knowledge
from cards.model import JsonObject, Medication, SetAside, Setting, Snapshot

ByAnalyte = dict[str, list[Reading]]

_LIMITS = {"creatinine": "fresh.renal", "egfr": "fresh.renal", "qtc": "fresh.qtc"}


class Readings(NamedTuple):
    """The results by analyte, those that could not be read, and the rest: not for us, or not understood."""

    found: ByAnalyte
    set_aside: list[SetAside]
    left: list[JsonObject]


def person_of(sent: Sorted, pregnant: bool, now: datetime) -> Person:
    """Who the patient is, as far as the Patient resource says."""
    patient = next(iter(sent.of(sorting.PATIENT)), {})
    return Person(age_in_days(patient, now), sex_of(patient), pregnant, has_died(patient, now))


def stay(encounter: JsonObject | None, known: bool) -> tuple[Setting, datetime | None]:
    """Where the patient is, and since when."""
    return setting_of(encounter, known), encounter_start(encounter)


def readings(sent: Sorted, knowledge: Knowledge, now: datetime) -> Readings:
    """Every result that was sent, read."""
    found = Readings({}, [], [])
    for resource in sent.of(sorting.OBSERVATION):
        reading = read(resource, knowledge, now)
        if reading is None:
            found.left.append(resource)
        elif isinstance(reading, SetAside):
            found.set_aside.append(reading)
        elif reading.analyte in inputs.ANALYTES:
            found.found.setdefault(reading.analyte, []).append(reading)
    return found


def fresh(found_by_analyte: ByAnalyte, knowledge: Knowledge, now: datetime, inpatient: bool) -> ByAnalyte:
    """The confirmed results per analyte that are not too old; haemolysed potassium is no potassium."""
    found = {}
    for analyte, listed in found_by_analyte.items():
        seconds = _fresh_hours(analyte, knowledge, inpatient) * 3600
        found[analyte] = [r for r in listed if r.status in FINAL and (now - r.when).total_seconds() <= seconds]
    if "potassium" in found:
        found["potassium"] = [r for r in found["potassium"] if not is_haemolysed(r.resource)]
    return found


def _fresh_hours(analyte: str, knowledge: Knowledge, inpatient: bool) -> float:
    limit = _LIMITS.get(analyte, "fresh.electrolytes")
    place = "inpatient" if inpatient else "ambulatory"
    return knowledge.numbers[limit if limit == "fresh.qtc" else f"{limit}.{place}"]


def medications(
    sent: Sorted, snapshot: Snapshot, came_along: Mapping[str, JsonObject], knowledge: Knowledge
) -> tuple[Medication, ...]:
    """The medicines ordered, without what is being drafted, and given."""
    drafts = {f"{text(d, 'resourceType')}/{text(d, 'id')}" for d in snapshot.drafts}
    ordered = medicines(sent.of(*sorting.ORDERS), came_along, knowledge)
    given = administrations(sent.of(sorting.ADMINISTRATION), came_along, knowledge)
    return tuple(m for m in ordered if m.reference not in drafts) + given


def unread_medicines(
    sent: Sorted, came_along: Mapping[str, JsonObject], knowledge: Knowledge
) -> Mapping[str, tuple[JsonObject, Why]]:
    """Medicines that nobody can name, ordered or given, by reference; and why."""
    listed = (*sent.of(*sorting.ORDERS), *sent.of(sorting.ADMINISTRATION))
    return nameless(listed, came_along, knowledge.terminology.systems)


def unread_orders(unread: Mapping[str, tuple[JsonObject, Why]], knowledge: Knowledge, now: datetime) -> int:
    """Active orders, and administrations of the last day, whose drug nobody can name."""
    since = now - timedelta(hours=knowledge.numbers["duplicate.iv_hours"])
    return sum(running(resource, since) for resource, _ in unread.values())


def bundled(sent: Sorted, drafts: Sequence[JsonObject]) -> dict[str, JsonObject]:
    """Medication resources that came along, by reference."""
    along = (r for r in drafts if r.get("resourceType") == sorting.MEDICATION)
    return {f"Medication/{text(r, 'id')}": r for r in (*sent.of(sorting.MEDICATION), *along)}


def current(sent: Sorted, snapshot: Snapshot, now: datetime) -> JsonObject | None:
    """The stay that the call is about."""
    return current_encounter(sent.of(sorting.ENCOUNTER), snapshot.encounter_id, now)


_WHYS = (("unit", Why.UNIT), ("dat", Why.DATE))


def unread_results(found: Readings, knowledge: Knowledge) -> Iterator[Kind]:
    """The kinds of results that nobody understands."""
    for aside in found.set_aside:
        if aside.what in inputs.ANALYTES:
            yield Kind(What.RESULT, next((why for word, why in _WHYS if word in aside.why), Why.VALUE))
    yield from sorting.count_results(found.left, knowledge.terminology)
