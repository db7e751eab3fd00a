"""Age, sex and setting of the patient."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cards.chart.fhir import child, codings, moment, objects, text
from cards.model import JsonObject, Setting

# HL7 v3 ActCode classes of an encounter that count as being in hospital or emergency care (clinical rule s.0.6)
_INPATIENT = frozenset({"IMP", "ACUTE", "NONAC", "OBSENC", "EMER"})
_RUNNING = frozenset({"arrived", "triaged", "in-progress", "onleave", ""})


@dataclass(frozen=True, slots=True)
class Person:
    """Who the results belong to, as far as limits and formulas depend on it."""

    age_days: int | None
    sex: str | None
    pregnant: bool
    died: bool = False


def age_in_days(patient: JsonObject, now: datetime) -> int | None:
    """Days since birth; None when the birth date is missing or in the future."""
    born = moment(text(patient, "birthDate"))
    days = (now - born).days if born else -1
    return days if days >= 0 else None


def has_died(patient: JsonObject, now: datetime) -> bool:
    """Whether the record says so, by a flag or a date that is not in the future."""
    when = moment(text(patient, "deceasedDateTime"))
    return patient.get("deceasedBoolean") is True or (when is not None and when <= now)


def sex_of(patient: JsonObject) -> str | None:
    """Recorded gender when it is male or female; else None."""
    gender = text(patient, "gender")
    return gender if gender in ("male", "female") else None


def current_encounter(encounters: Sequence[JsonObject], encounter_id: str | None, now: datetime) -> JsonObject | None:
    """The encounter of the call; else a running one, hospital first."""
    named = next((e for e in encounters if encounter_id and text(e, "id") == encounter_id.rpartition("/")[2]), None)
    if named is not None:
        return named
    running = [e for e in encounters if text(e, "status") in _RUNNING and not _ended(e, now)]
    return next((e for e in running if _is_inpatient(e)), running[0] if running else None)


def setting_of(encounter: JsonObject | None, known: bool) -> Setting:
    """Where the patient is now; UNKNOWN when encounters could not be looked at."""
    if encounter is not None:
        return Setting.INPATIENT if _is_inpatient(encounter) else Setting.AMBULATORY
    return Setting.AMBULATORY if known else Setting.UNKNOWN


def encounter_start(encounter: JsonObject | None) -> datetime | None:
    """When the encounter began."""
    return moment(text(child(encounter, "period"), "start")) if encounter else None


def _ended(encounter: JsonObject, now: datetime) -> bool:
    end = moment(text(child(encounter, "period"), "end"))
    return end is not None and end < now


def _is_inpatient(encounter: JsonObject) -> bool:
    # R4 has one Coding, R5 a list of CodeableConcept
    codes = {text(c, "code").upper() for c in objects(encounter, "class")}
    codes |= {code.upper() for c in objects(encounter, "class") for _, code in codings(c)}
    return bool(codes & _INPATIENT)
