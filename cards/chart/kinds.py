"""The FHIR types that are asked for, and what of each tells when it was."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """A FHIR type that is asked for.

    `date`: the search parameter that puts the newest first, and `dates`, the elements it looks at. `known_from`: the
    elements that tell since when a resource was known, best first. `never_real`: statuses of what never was. `also`:
    types that tell the same. `include`: the reference whose target is to come along, since it alone may name the drug.
    `told_by`: the element that says what it is; where nobody can name that, the resource counts as not understood.
    """

    name: str
    date: str = ""
    dates: tuple[str, ...] = ()
    known_from: tuple[str, ...] = ()
    never_real: frozenset[str] = frozenset()
    also: tuple[str, ...] = ()
    include: str = ""
    told_by: str = ""


PATIENT = Kind("Patient")

OBSERVATION = Kind(
    "Observation",
    "date",
    ("effectiveDateTime", "effectiveInstant", "effectivePeriod.start"),
    ("issued", "effectiveDateTime", "effectiveInstant", "effectivePeriod.end", "effectivePeriod.start"),
    frozenset({"entered-in-error", "cancelled", "registered"}),
    ("DiagnosticReport",),
)

REQUEST = Kind(
    "MedicationRequest",
    "authoredon",
    ("authoredOn",),
    ("authoredOn",),
    frozenset({"entered-in-error", "draft", "unknown"}),
    ("MedicationOrder", "MedicationStatement", "MedicationDispense"),
    "medication",
)

ADMINISTRATION = Kind(
    "MedicationAdministration",
    "effective-time",
    ("effectiveDateTime", "effectivePeriod.start"),
    ("effectiveDateTime", "effectivePeriod.start"),
    frozenset({"entered-in-error", "not-done", "unknown"}),
    include="medication",
)

STATEMENT = Kind(
    "MedicationStatement",
    "effective",
    ("effectiveDateTime", "effectivePeriod.start"),
    ("dateAsserted", "effectiveDateTime", "effectivePeriod.start"),
    frozenset({"entered-in-error", "not-taken", "unknown"}),
    include="medication",
)

CONDITION = Kind("Condition", known_from=("recordedDate", "onsetDateTime", "onsetPeriod.start"))

ENCOUNTER = Kind(
    "Encounter",
    "date",
    ("period.start",),
    ("period.start",),
    frozenset({"entered-in-error", "planned", "cancelled"}),
)


SERVICE_REQUEST = Kind(
    "ServiceRequest",
    "authored",
    ("authoredOn",),
    ("authoredOn",),
    frozenset({"entered-in-error", "draft", "unknown"}),
    ("ProcedureRequest",),
)

PROCEDURE = Kind(
    "Procedure",
    "date",
    ("performedDateTime", "performedPeriod.start"),
    never_real=frozenset({"entered-in-error", "not-done", "preparation", "on-hold", "stopped", "unknown", ""}),
    told_by="code",
)


NUTRITION_ORDER = Kind("NutritionOrder", "datetime", ("dateTime",))

DEVICE = Kind("Device")

ALLERGY = Kind("AllergyIntolerance", known_from=("recordedDate", "assertedDate", "onsetDateTime"))
