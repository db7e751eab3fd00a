"""Which medicines a patient takes home: orders of the discharge, else what is told to be taken (clinical rule s.14)."""

from collections.abc import Iterable

from cards.chart.fhir import codings, objects, reference_of, text
from cards.chart.taken import is_hearsay
from cards.model import ORDER_TYPES, JsonObject

# http://terminology.hl7.org/CodeSystem/medicationrequest-category
_HOME = frozenset({"discharge", "community"})


def home_list(resources: Iterable[JsonObject]) -> frozenset[str] | None:
    """The references of active orders of category discharge or community, else of what is reported; None of neither."""
    active = [r for r in resources if text(r, "status") in ("active", "recorded")]
    ordered = [r for r in active if text(r, "resourceType") in ORDER_TYPES and not _HOME.isdisjoint(_categories(r))]
    listed = ordered or [r for r in active if is_hearsay(r)]
    return frozenset(reference for r in listed if (reference := reference_of(r))) if listed else None


def is_of_discharge(order: JsonObject) -> bool:
    """Whether an order is one of those that go home with the patient."""
    return "discharge" in _categories(order)


def _categories(order: JsonObject) -> frozenset[str]:
    return frozenset(code for concept in objects(order, "category") for _, code in codings(concept))
