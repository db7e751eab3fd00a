"""The catalogue of services: id, hook, title, data needed. Discovery and prefetch templates derive from it."""

from collections.abc import Mapping
from dataclasses import dataclass

from cards.loading import Knowledge

CDS_HOOKS_VERSION = "3.0.0"
HOOK_VERSION = "1.0"
REQUIRED_KEY = "magnesium"

# Total and ionised results only; ignored specimens (urine, red cells, ...) are never asked for.
_OBSERVATION_KEYS: Mapping[str, tuple[tuple[str, ...], int]] = {
    "magnesium": (("magnesium", "magnesium_ionised"), 30),
    "renal": (("creatinine", "egfr"), 30),
    "electrolytes": (
        ("potassium", "calcium", "calcium_corrected", "albumin"),
        60,
    ),
    "other_results": (
        ("qtc", "urine_magnesium", "urine_creatinine", "urine_magnesium_24h"),
        30,
    ),
}
_PATIENT = "patient={{context.patientId}}"
_QUERIES: Mapping[str, str] = {
    "patient": "Patient/{{context.patientId}}",
    "encounters": f"Encounter?{_PATIENT}&status=arrived,triaged,in-progress,onleave&_sort=-date&_count=10",
    "medications": f"MedicationRequest?{_PATIENT}&status=active&_sort=-authoredon&_count=200",
    "recent_medications": f"MedicationRequest?{_PATIENT}&status=completed,stopped&_sort=-authoredon&_count=50",
    "administrations": (
        f"MedicationAdministration?{_PATIENT}&status=in-progress,completed&_sort=-effective-time&_count=50"
    ),
    "conditions": f"Condition?{_PATIENT}&clinical-status=active,recurrence,relapse&_count=200",
}


@dataclass(frozen=True, slots=True)
class Service:
    """One CDS service as clients see it."""

    id: str
    hook: str
    title: str
    description: str


SERVICES: tuple[Service, ...] = (
    Service(
        "magnesium-patient-view",
        "patient-view",
        "Low magnesium",
        "Low or high magnesium when a chart is opened: how low, why, what is safe to give, what to check.",
    ),
    Service(
        "magnesium-order-select",
        "order-select",
        "Low magnesium: order choice",
        "Warns while an order is chosen that would lower magnesium, or is unsafe with the latest magnesium.",
    ),
    Service(
        "magnesium-order-sign",
        "order-sign",
        "Low magnesium: order signing",
        "Last check at signing: magnesium orders and orders that are unsafe with the latest magnesium.",
    ),
)


def prefetch_templates(knowledge: Knowledge) -> dict[str, str]:
    """Prefetch key to FHIR query; the code lists include a site's own codes."""
    return {**_QUERIES, **{key: _observation_query(key, knowledge) for key in _OBSERVATION_KEYS}}


def discovery(knowledge: Knowledge) -> list[dict[str, object]]:
    """The `services` list of the discovery answer."""
    return [_described(service, knowledge) for service in SERVICES]


def _described(service: Service, knowledge: Knowledge) -> dict[str, object]:
    return {
        "id": service.id,
        "hook": service.hook,
        "title": service.title,
        "description": f"{service.description} {knowledge.approval}",
        "version": CDS_HOOKS_VERSION,
        "hookVersion": HOOK_VERSION,
        "usageRequirements": "Needs laboratory results; without prefetch, a FHIR server the operator has listed.",
        "prefetch": prefetch_templates(knowledge),
    }


def _observation_query(key: str, knowledge: Knowledge) -> str:
    analytes, count = _OBSERVATION_KEYS[key]
    codes = ",".join(f"{system}|{code}" for system, code in knowledge.terminology.codes_of(analytes))
    return f"Observation?{_PATIENT}&code={codes}&_sort=-date&_count={count}"
