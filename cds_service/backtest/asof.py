"""What of a patient's record was known at a moment, and how it looked then.

An export holds each resource as it is now. The table in docs/backtest.md says how the past is told from it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cards import KINDS, Kind
from cds_service.backtest.times import first_point, point
from cds_service.errors import JsonDict
from cds_service.fhir_json import as_dict, as_list, as_text, resource_type

# Where an order that is over does not tell when it ended: a usual supply. An assumption that the report names.
ASSUMED_SUPPLY = timedelta(days=30)
_ORDER_OVER = frozenset({"completed", "stopped", "cancelled", "on-hold", "ended"})
_CONDITION_OVER = frozenset({"inactive", "remission", "resolved"})
_RUNNING = frozenset({"arrived", "triaged", "in-progress", "onleave"})
_DAYS = {"d": 1, "day": 1, "days": 1, "wk": 7, "week": 7, "weeks": 7, "mo": 30, "month": 30, "months": 30, "a": 365}
_LONGEST_DAYS = 10_000
_MOST_REPEATS = 99
_ALWAYS, _FOREVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """A resource, since when it was known, and when the state that it described ended (None: as far as told, never).

    `guessed`: when it ended is not told, `ended` is our assumption.
    """

    kind: str
    resource: JsonDict
    known: datetime | None
    ended: datetime | None = None
    guessed: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class State:
    """A resource as a record system would have shown it from a moment on, until another."""

    entry: Entry
    resource: JsonDict
    since: datetime
    until: datetime = _FOREVER


def entries_of(resources: Iterable[JsonDict]) -> list[Entry]:
    """Every resource of a patient as an entry; those that were never real are left out."""
    real = [r for r in resources if as_text(r.get("status")) not in _kind(r).never_real]
    stays = {f"Encounter/{r.get('id')}": _stay_end(r) for r in real if resource_type(r) == "Encounter"}
    last = _last_given(r for r in real if resource_type(r) == "MedicationAdministration")
    return [_entry(r, stays, last) for r in real]


def _last_given(administrations: Iterable[JsonDict]) -> dict[str, datetime]:
    """When an order, by reference, was last carried out."""
    last: dict[str, datetime] = {}
    for given in administrations:
        order = _reference(given.get("request") or given.get("prescription"))
        when = first_point(given, "effectivePeriod.end", "effectiveDateTime", "effectivePeriod.start")
        if order and when:
            last[order] = max(when, last.get(order, when))
    return last


def known_from(resource: JsonDict) -> datetime | None:
    """Since when a resource was known; None when it does not say."""
    return first_point(resource, *_kind(resource).known_from)


def _kind(resource: JsonDict) -> Kind:
    kind = str(resource_type(resource))
    return KINDS.get(kind) or Kind(kind)


def _entry(resource: JsonDict, stays: Mapping[str, datetime | None], last: Mapping[str, datetime]) -> Entry:
    kind = str(resource_type(resource))
    known = known_from(resource)
    if kind == "Encounter":
        ended = _stay_end(resource)
        return Entry(kind, resource, known, ended, guessed=bool(ended) and not first_point(resource, "period.end"))
    if kind in ("MedicationAdministration", "MedicationStatement"):
        return Entry(kind, resource, known, first_point(resource, "effectivePeriod.end"))
    stay = stays.get(encounter_of(resource))
    if kind == "MedicationRequest" and as_text(resource.get("status")) in _ORDER_OVER:
        given = last.get(f"MedicationRequest/{resource.get('id')}")
        told = _order_end(resource, known) or given or stay
        assumed = known + ASSUMED_SUPPLY if known else None
        return Entry(kind, resource, known, told or assumed, guessed=told is None)
    if kind == "Condition" and _clinical(resource) in _CONDITION_OVER:
        told = first_point(resource, "abatementDateTime", "abatementPeriod.start") or stay
        return Entry(kind, resource, known, told or known, guessed=told is None)
    return Entry(kind, resource, known)


def encounter_of(resource: JsonDict) -> str:
    """`Encounter/id` of the stay that a resource belongs to, or ""."""
    return _reference(resource.get("encounter") or resource.get("context"))


def _reference(value: object) -> str:
    """`Type/id` of a reference, whatever stands before it and whichever version it names."""
    target = as_text(as_dict(value).get("reference")) or ""
    return "/".join(target.split("/_history/")[0].split("/")[-2:])


def _stay_end(encounter: JsonDict) -> datetime | None:
    """When a stay ended; one that is over without telling when ended as it began."""
    end = first_point(encounter, "period.end")
    over = as_text(encounter.get("status")) not in _RUNNING
    return end or (first_point(encounter, "period.start") if over else None)


def _order_end(order: JsonDict, authored: datetime | None) -> datetime | None:
    """When an order that is over ended, as far as it says: change of status, bounds of its timing, supply."""
    bounds = [_bounds(dosage) for dosage in as_list(order.get("dosageInstruction"))]
    ends = [found for bound in bounds if (found := point(as_dict(bound.get("boundsPeriod")).get("end")))]
    lengths = [span for bound in bounds if (span := _length(bound.get("boundsDuration")))]
    supply = as_dict(order.get("dispenseRequest"))
    valid = point(as_dict(supply.get("validityPeriod")).get("end"))
    supplied = _supplied(supply)
    spans = [*sorted(lengths)[-1:], *([supplied] if supplied else [])]
    lasted = [authored + span for span in spans] if authored else []
    return next((end for end in (point(order.get("statusChanged")), *sorted(ends)[-1:], *lasted, valid) if end), None)


def _supplied(dispense: JsonDict) -> timedelta | None:
    """How long the medicine lasts, repeats (refills) counted in."""
    once, repeats = _length(dispense.get("expectedSupplyDuration")), dispense.get("numberOfRepeatsAllowed")
    allowed = repeats if isinstance(repeats, int) and 0 < repeats <= _MOST_REPEATS else 0
    return once * (1 + allowed) if once else None


def _bounds(dosage: object) -> JsonDict:
    return as_dict(as_dict(as_dict(dosage).get("timing")).get("repeat"))


def _length(duration: object) -> timedelta | None:
    told = as_dict(duration)
    value, days = told.get("value"), _DAYS.get(str(told.get("code") or told.get("unit")), 0)
    if not days or isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return timedelta(days=value * days) if 0 < value * days < _LONGEST_DAYS else None


def _clinical(condition: JsonDict) -> str:
    codings = as_list(as_dict(condition.get("clinicalStatus")).get("coding"))
    return next((code for c in codings if (code := as_text(as_dict(c).get("code")))), "")


def states_of(entry: Entry) -> Iterator[State]:
    """What a record system would have shown of an entry, one after the other; nothing before it was known."""
    known, ended = _ALWAYS if entry.kind == "Patient" else entry.known, entry.ended
    if known is None:
        return
    if ended is None or known < ended:
        then = _EARLIER.get(entry.kind, _unchanged)(entry.resource, ended)
        yield State(entry, then, known, ended or _FOREVER)
    if ended is not None:
        yield State(entry, entry.resource, max(known, ended))


def _unchanged(resource: JsonDict, _: datetime | None) -> JsonDict:
    return resource


def _order_then(order: JsonDict, _: datetime | None) -> JsonDict:
    return {**order, "status": "active"}


def _condition_then(condition: JsonDict, ended: datetime | None) -> JsonDict:
    kept = {name: value for name, value in condition.items() if not name.startswith("abatement")}
    active = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"}]}
    return kept if ended is None else {**kept, "clinicalStatus": active}


def _period_then(name: str, resource: JsonDict) -> JsonDict:
    """The resource with a period that has no end yet."""
    open_period = {part: value for part, value in as_dict(resource.get(name)).items() if part != "end"}
    return {**resource, "status": "in-progress", name: open_period}


def _given_then(given: JsonDict, ended: datetime | None) -> JsonDict:
    return given if ended is None else _period_then("effectivePeriod", given)


def _stated_then(statement: JsonDict, ended: datetime | None) -> JsonDict:
    return statement if ended is None else {**_period_then("effectivePeriod", statement), "status": "active"}


def _stay_then(stay: JsonDict, _: datetime | None) -> JsonDict:
    return _period_then("period", stay)


_EARLIER = {
    "MedicationRequest": _order_then,
    "Condition": _condition_then,
    "MedicationAdministration": _given_then,
    "MedicationStatement": _stated_then,
    "Encounter": _stay_then,
}
