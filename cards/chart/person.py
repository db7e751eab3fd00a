"""Age, sex and encounter of the patient."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from cards.chart.encounter_setting import setting_told
from cards.chart.fhir import LONG_AGO, bare_id, child, end_of, moment, text
from cards.loading import Knowledge
from cards.model import JsonObject

_RUNNING = frozenset({"arrived", "triaged", "in-progress", "onleave", "on-hold", ""})


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
    return (now - born).days if born and born <= now else None


def has_died(patient: JsonObject, now: datetime) -> bool:
    """Whether the record says so, by a flag or a date that is not in the future."""
    when = moment(text(patient, "deceasedDateTime"))
    return patient.get("deceasedBoolean") is True or (when is not None and when <= now)


def sex_of(patient: JsonObject) -> str | None:
    """Recorded gender when it is male or female; else None."""
    gender = text(patient, "gender")
    return gender if gender in ("male", "female") else None


def current_encounter(
    encounters: Sequence[JsonObject], encounter_id: str | None, now: datetime, knowledge: Knowledge
) -> JsonObject | None:
    """The encounter of the call; else the one in progress that began last, of several the one in hospital."""
    named = next((e for e in encounters if encounter_id and text(e, "id") == bare_id(encounter_id, "Encounter")), None)
    if named is not None:
        return named
    zone = knowledge.site.zone
    running = [e for e in encounters if text(e, "status") in _RUNNING and not _ended(e, now, zone)]

    def began(encounter: JsonObject) -> tuple[datetime, bool, str]:
        acute = setting_told(encounter, knowledge).acts_as_inpatient
        return encounter_start(encounter, zone) or LONG_AGO, acute, text(encounter, "id")

    return max(running, key=began, default=None)


def encounter_start(encounter: JsonObject | None, zone: tzinfo = UTC) -> datetime | None:
    """When the encounter began."""
    return moment(text(child(encounter, "period"), "start"), zone) if encounter else None


def _ended(encounter: JsonObject, now: datetime, zone: tzinfo) -> bool:
    end = end_of(text(child(encounter, "period"), "end"), zone)
    return end is not None and end < now
