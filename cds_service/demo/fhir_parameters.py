"""Which resource types the demo knows, and by which parameters they are searched."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from cards import IF_SENT, INPUTS


class Kind(StrEnum):
    """How a parameter compares."""

    TOKEN = "token"  # noqa: S105 - FHIR's name for a code with its system
    REFERENCE = "reference"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Parameter:
    """A search parameter: how it compares, and the elements it looks at (those of a choice are alternatives)."""

    kind: Kind
    elements: tuple[str, ...]


def _token(element: str) -> Parameter:
    return Parameter(Kind.TOKEN, (element,))


def _date(*elements: str) -> Parameter:
    return Parameter(Kind.DATE, elements)


_ASKED = {asked.kind.name: asked.kind for asked in (*INPUTS, *IF_SENT)}


def _sorted(kind: str) -> Mapping[str, Parameter]:
    """The date by which the prefetch queries put the newest first; a Period is looked at whole."""
    asked = _ASKED[kind]
    whole = dict.fromkeys(element.partition(".")[0] for element in asked.dates)
    return {asked.date: _date(*whole)} if asked.date else {}


_ID = {"_id": _token("id")}
_SUBJECT = Parameter(Kind.REFERENCE, ("subject",))
_ABOUT = {**_ID, "patient": _SUBJECT, "subject": _SUBJECT, "status": _token("status")}
_MEDICATION = {**_ABOUT, "code": _token("medicationCodeableConcept")}
_WITHOUT_DATA = (
    "CarePlan", "CareTeam", "Coverage", "DiagnosticReport", "DocumentReference", "Goal", "Immunization",
    "Location", "Medication", "MedicationDispense", "Organization", "Practitioner", "PractitionerRole", "Specimen",
)  # fmt: skip

PARAMETERS: Mapping[str, Mapping[str, Parameter]] = {
    **dict.fromkeys(_WITHOUT_DATA, _ABOUT),
    **{kind: {**_ABOUT, **_sorted(kind)} for kind in _ASKED},  # of what is asked for, unless more is told below
    "Patient": {**_ID, "gender": _token("gender"), "birthdate": _date("birthDate")},
    "Encounter": {**_ABOUT, "class": _token("class"), **_sorted("Encounter")},
    "Condition": {
        **{name: parameter for name, parameter in _ABOUT.items() if name != "status"},
        "code": _token("code"),
        "category": _token("category"),
        "clinical-status": _token("clinicalStatus"),
        "verification-status": _token("verificationStatus"),
        "onset-date": _date("onsetDateTime"),
    },
    "AllergyIntolerance": {
        **_ID,
        "patient": Parameter(Kind.REFERENCE, ("patient",)),
        "code": _token("code"),
        "category": _token("category"),
        "clinical-status": _token("clinicalStatus"),
        "verification-status": _token("verificationStatus"),
    },
    "Observation": {
        **_ABOUT,
        "code": _token("code"),
        "category": _token("category"),
        **_sorted("Observation"),
    },
    "MedicationRequest": {**_MEDICATION, "intent": _token("intent"), **_sorted("MedicationRequest")},
    "MedicationStatement": {**_MEDICATION, **_sorted("MedicationStatement")},
    "MedicationAdministration": {**_MEDICATION, **_sorted("MedicationAdministration")},
    "ServiceRequest": {**_ABOUT, "code": _token("code"), "intent": _token("intent"), **_sorted("ServiceRequest")},
}
