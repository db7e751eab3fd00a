"""What a client sent, sorted for its readers: which resources tell of the person, the stay, results and medicines."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from cards.chart import inputs
from cards.chart.fhir import text
from cards.chart.medicines import administrations, medicines, unread
from cards.chart.person import Person, age_in_days, current_encounter, encounter_start, has_died, setting_of, sex_of
from cards.chart.results import FINAL, Reading, is_haemolysed, read
from cards.loading import Knowledge
from cards.model import JsonObject, Medication, SetAside, Setting, Snapshot

ByAnalyte = dict[str, list[Reading]]
Readings = tuple[ByAnalyte, list[SetAside]]

_LIMITS = {"creatinine": "fresh.renal", "egfr": "fresh.renal", "qtc": "fresh.qtc"}


def person_of(snapshot: Snapshot, pregnant: bool, now: datetime) -> Person:
    patient = next((r for r in snapshot.resources.get("patient", ()) if text(r, "resourceType") == "Patient"), {})
    return Person(age_in_days(patient, now), sex_of(patient), pregnant, has_died(patient, now))


def stay(snapshot: Snapshot, now: datetime) -> tuple[Setting, datetime | None]:
    """Where the patient is, and since when."""
    encounter = current_encounter(snapshot.resources.get("encounters", ()), snapshot.encounter_id, now)
    return setting_of(encounter, "encounters" not in snapshot.missing), encounter_start(encounter)


def readings(snapshot: Snapshot, knowledge: Knowledge, now: datetime) -> Readings:
    found: dict[str, list[Reading]] = {}
    set_aside: list[SetAside] = []
    for key in inputs.KEYS:
        for resource in snapshot.resources.get(key, ()):
            if resource.get("resourceType") != "Observation":
                continue
            reading = read(resource, knowledge, now)
            if isinstance(reading, SetAside):
                set_aside.append(reading)
            elif reading is not None and reading.analyte in inputs.ANALYTES:
                found.setdefault(reading.analyte, []).append(reading)
    return found, set_aside


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
    snapshot: Snapshot, came_along: Mapping[str, JsonObject], knowledge: Knowledge
) -> tuple[Medication, ...] | None:
    if "medications" in snapshot.missing:
        return None
    drafts = {f"{text(d, 'resourceType')}/{text(d, 'id')}" for d in snapshot.drafts}
    listed = [r for key in ("medications", "recent_medications") for r in snapshot.resources.get(key, ())]
    ordered = medicines(listed, came_along, knowledge)
    given = administrations(snapshot.resources.get("administrations", ()), came_along, knowledge)
    return tuple(m for m in ordered if m.reference not in drafts) + given


def unread_orders(snapshot: Snapshot, came_along: Mapping[str, JsonObject], knowledge: Knowledge, now: datetime) -> int:
    """Active orders, and administrations of the last day, whose drug nobody can name."""
    since = now - timedelta(hours=knowledge.numbers["duplicate.iv_hours"])
    keys = ("medications", "recent_medications", "administrations")
    return unread((r for key in keys for r in snapshot.resources.get(key, ())), came_along, since)


def bundled(snapshot: Snapshot) -> dict[str, JsonObject]:
    """Medication resources that came along, by reference."""
    every: Iterable[JsonObject] = (r for listed in (*snapshot.resources.values(), snapshot.drafts) for r in listed)
    return {f"Medication/{text(r, 'id')}": r for r in every if r.get("resourceType") == "Medication"}
