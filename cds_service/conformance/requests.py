"""What CDS Hooks asks of a request to a service, or to its feedback endpoint, one check a requirement."""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime

from cds_service.conformance.faults import Check, Fault, Wrong, faults_of, items, lacking
from cds_service.fhir_json import JsonDict, as_dict, as_list, as_text, entries, is_uuid, resource_type

# what the hook library requires in the context; of other hooks nothing is known
_TEXTS: Mapping[str, tuple[str, ...]] = {
    "patient-view": ("userId", "patientId"),
    "order-select": ("userId", "patientId"),
    "order-sign": ("userId", "patientId"),
    "encounter-discharge": ("userId", "patientId", "encounterId"),
    "medication-refill": ("patientId",),
}
_BUNDLES: Mapping[str, str] = {
    "order-select": "draftOrders",
    "order-sign": "draftOrders",
    "medication-refill": "medications",
}
_OUTCOMES = ("accepted", "overridden")
_USER = re.compile(r"[A-Z][A-Za-z]{1,63}/[A-Za-z0-9\-.]{1,64}")


def request_faults(request: object) -> tuple[Fault, ...]:
    """What a request, as JSON, does not meet; one with `feedback` is judged as feedback."""
    if not isinstance(request, dict):
        return (Fault("C1", "the body", "is no JSON object"),)
    return faults_of(_FEEDBACK if "feedback" in request else _CALL, request)


def _envelope(request: JsonDict) -> Iterator[Wrong]:
    yield from lacking(request, "", ("hook",))
    if not is_uuid(request.get("hookInstance")):
        yield "hookInstance", "is missing" if request.get("hookInstance") is None else "is no UUID"
    if not isinstance(request.get("context"), dict):
        yield "context", "is missing or no object"
    if "fhirAuthorization" in request:
        yield from lacking(request, "", ("fhirServer",))


def _authorization(request: JsonDict) -> Iterator[Wrong]:
    if "fhirAuthorization" not in request:
        return
    told, at = as_dict(request["fhirAuthorization"]), "fhirAuthorization"
    yield from lacking(told, at, ("access_token", "scope", "subject"))
    if told.get("token_type") != "Bearer":
        yield f"{at}.token_type", "is not Bearer"
    seconds = told.get("expires_in")
    if isinstance(seconds, bool) or not isinstance(seconds, int):
        yield f"{at}.expires_in", "is no whole number of seconds"


def _context(request: JsonDict) -> Iterator[Wrong]:
    context, hook = as_dict(request.get("context")), as_text(request.get("hook")) or ""
    yield from lacking(context, "context", _TEXTS.get(hook, ()))
    user = as_text(context.get("userId"))
    if user and not _USER.fullmatch(user):
        yield "context.userId", "is no reference like Practitioner/123"
    orders = _BUNDLES.get(hook)
    if orders and resource_type(context.get(orders)) != "Bundle":
        yield f"context.{orders}", "is missing or no Bundle"


def _selections(request: JsonDict) -> Iterator[Wrong]:
    context = as_dict(request.get("context"))
    if request.get("hook") != "order-select":
        return
    if not isinstance(context.get("selections"), list):
        yield "context.selections", "is missing or no list"
    drafts = [as_dict(order) for order in entries(as_dict(context.get("draftOrders")))]
    there = {f"{resource_type(order)}/{order.get('id')}" for order in drafts}
    for n, told in enumerate(as_list(context.get("selections"))):
        if told not in there:
            yield f"context.selections[{n}]", "names no order of draftOrders (Type/id)"


def _prefetch(request: JsonDict) -> Iterator[Wrong]:
    told = request.get("prefetch", {})
    if not isinstance(told, dict):
        yield "prefetch", "is no object"
    for key, value in as_dict(told).items():
        if value is not None and resource_type(value) is None:
            yield f"prefetch.{key}", "is neither a resource nor null"


def _feedback(request: JsonDict) -> Iterator[Wrong]:
    if not isinstance(request["feedback"], list):
        yield "feedback", "is no list"
    for at, entry in items(request, "feedback"):
        if not is_uuid(entry.get("card")):
            yield f"{at}.card", "is no UUID of a card"
        if entry.get("outcome") not in _OUTCOMES:
            yield f"{at}.outcome", f"is {entry.get('outcome')!r}"
        if not _is_time(entry.get("outcomeTimestamp")):
            yield f"{at}.outcomeTimestamp", "is no time with a zone"


def _is_time(told: object) -> bool:
    try:
        return isinstance(told, str) and datetime.fromisoformat(told).tzinfo is not None
    except ValueError:
        return False


def _outcomes(request: JsonDict) -> Iterator[Wrong]:
    for at, entry in items(request, "feedback"):
        if entry.get("outcome") == "accepted" and not as_list(entry.get("acceptedSuggestions")):
            yield f"{at}.acceptedSuggestions", "is missing"
        for place, suggestion in items(entry, "acceptedSuggestions", at):
            yield from lacking(suggestion, place, ("id",))
        if "overrideReason" in entry:
            reason = as_dict(as_dict(entry["overrideReason"]).get("reason"))
            yield from lacking(reason, f"{at}.overrideReason.reason", ("code", "system")) if reason else ()


_CALL: Mapping[str, Check] = {
    "C1": _envelope,
    "C2": _authorization,
    "C3": _context,
    "C4": _selections,
    "C6": _prefetch,
}
_FEEDBACK: Mapping[str, Check] = {"F1": _feedback, "F2": _outcomes}
