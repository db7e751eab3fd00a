"""FHIR JSON to Facts: one pass over the resources, selecting by code and status first."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from cards.facts.conditions import conditions_by_category
from cards.facts.fhir import text
from cards.facts.ionised import read_ionised
from cards.facts.magnesium import read_magnesium
from cards.facts.medications import administrations, drafted, medicines, unread
from cards.facts.observations import FINAL, Reading, is_haemolysed, latest, read
from cards.facts.patient import Person, age_in_days, current_encounter, encounter_start, has_died, setting_of, sex_of
from cards.facts.renal import renal_gate
from cards.knowledge import Knowledge
from cards.model import Facts, JsonObject, Medication, Result, SetAside, Setting, Snapshot

_OBSERVATION_KEYS = ("magnesium", "renal", "electrolytes", "other_results")
_IGNORED = frozenset({"magnesium_ignored", "sodium", "glucose", "pth"})
_LIMITS = {"creatinine": "fresh.renal", "egfr": "fresh.renal", "qtc": "fresh.qtc"}


def build_facts(snapshot: Snapshot, knowledge: Knowledge, now: datetime) -> Facts:
    """Everything the rules may ask about, from whatever the client sent; never raises on a client's data."""
    setting, began = _stay(snapshot, now)
    readings, set_aside = _readings(snapshot, knowledge, now)
    conditions = conditions_by_category(snapshot.resources.get("conditions", ()), knowledge, now)
    fresh = _fresh(readings, knowledge, now, setting is Setting.INPATIENT)
    results = {analyte: counts.result() for analyte, listed in fresh.items() if (counts := latest(listed))}
    bundled = _bundled(snapshot)
    who = _person(snapshot, "pregnancy" in conditions, now)
    magnesium = read_magnesium(readings.get("magnesium", []), set_aside, knowledge, now, setting, who)
    return Facts(
        now=now,
        hook=snapshot.hook,
        patient_id=snapshot.patient_id,
        age_days=who.age_days,
        sex=who.sex,
        setting=setting,
        encounter_start=began,
        ionised=read_ionised(readings.get("magnesium_ionised", []), knowledge, now, setting, who),
        results=results,
        renal=renal_gate(results, _values(fresh, "creatinine"), conditions, who, knowledge.numbers),
        conditions=conditions,
        **magnesium._asdict(),
        set_aside=(*snapshot.set_aside, *set_aside),
        medications=_medications(snapshot, bundled, knowledge, now),
        drafts=drafted(snapshot.drafts, snapshot.selections, bundled, knowledge),
        partial=snapshot.partial,
        strays=snapshot.strays,
        unread_orders=_unread_orders(snapshot, bundled, knowledge, now),
        died=who.died,
        not_known=snapshot.missing | ({"age"} if who.age_days is None else frozenset()),
    )


def _person(snapshot: Snapshot, pregnant: bool, now: datetime) -> Person:
    patient = next((r for r in snapshot.resources.get("patient", ()) if text(r, "resourceType") == "Patient"), {})
    return Person(age_in_days(patient, now), sex_of(patient), pregnant, has_died(patient, now))


def _stay(snapshot: Snapshot, now: datetime) -> tuple[Setting, datetime | None]:
    """Where the patient is, and since when."""
    encounter = current_encounter(snapshot.resources.get("encounters", ()), snapshot.encounter_id, now)
    return setting_of(encounter, "encounters" not in snapshot.missing), encounter_start(encounter)


def _readings(
    snapshot: Snapshot, knowledge: Knowledge, now: datetime
) -> tuple[dict[str, list[Reading]], list[SetAside]]:
    found: dict[str, list[Reading]] = {}
    set_aside: list[SetAside] = []
    for key in _OBSERVATION_KEYS:
        for resource in snapshot.resources.get(key, ()):
            if resource.get("resourceType") != "Observation":
                continue
            reading = read(resource, knowledge, now)
            if isinstance(reading, SetAside):
                set_aside.append(reading)
            elif reading is not None and reading.analyte not in _IGNORED:
                found.setdefault(reading.analyte, []).append(reading)
    return found, set_aside


def _fresh(
    readings: Mapping[str, list[Reading]], knowledge: Knowledge, now: datetime, inpatient: bool
) -> dict[str, list[Reading]]:
    """The confirmed results per analyte that are not too old; haemolysed potassium is no potassium."""
    found = {}
    for analyte, listed in readings.items():
        seconds = _fresh_hours(analyte, knowledge, inpatient) * 3600
        found[analyte] = [r for r in listed if r.status in FINAL and (now - r.when).total_seconds() <= seconds]
    if "potassium" in found:
        found["potassium"] = [r for r in found["potassium"] if not is_haemolysed(r.resource)]
    return found


def _values(fresh: Mapping[str, list[Reading]], analyte: str) -> list[Result]:
    return [reading.result() for reading in fresh.get(analyte, ())]


def _fresh_hours(analyte: str, knowledge: Knowledge, inpatient: bool) -> float:
    limit = _LIMITS.get(analyte, "fresh.electrolytes")
    place = "inpatient" if inpatient else "ambulatory"
    return knowledge.numbers[limit if limit == "fresh.qtc" else f"{limit}.{place}"]


def _medications(
    snapshot: Snapshot, bundled: Mapping[str, JsonObject], knowledge: Knowledge, now: datetime
) -> tuple[Medication, ...] | None:
    if "medications" in snapshot.missing:
        return None
    drafts = {f"{text(d, 'resourceType')}/{text(d, 'id')}" for d in snapshot.drafts}
    listed = [r for key in ("medications", "recent_medications") for r in snapshot.resources.get(key, ())]
    ordered = medicines(listed, bundled, knowledge, now)
    given = administrations(snapshot.resources.get("administrations", ()), bundled, knowledge)
    return tuple(m for m in ordered if m.reference not in drafts) + given


def _unread_orders(snapshot: Snapshot, bundled: Mapping[str, JsonObject], knowledge: Knowledge, now: datetime) -> int:
    """Active orders, and administrations of the last day, whose drug nobody can name."""
    since = now - timedelta(hours=knowledge.numbers["duplicate.iv_hours"])
    keys = ("medications", "recent_medications", "administrations")
    return unread((r for key in keys for r in snapshot.resources.get(key, ())), bundled, since, knowledge)


def _bundled(snapshot: Snapshot) -> dict[str, JsonObject]:
    """Medication resources that came along, by reference."""
    every: Iterable[JsonObject] = (r for listed in (*snapshot.resources.values(), snapshot.drafts) for r in listed)
    return {f"Medication/{text(r, 'id')}": r for r in every if r.get("resourceType") == "Medication"}
