"""Medicines and drafted orders: which drugs, by which route, and what a magnesium order asks for."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from cards.chart.dosage import runs_on
from cards.chart.fhir import child, first_moment, moment, objects, reference_of, text
from cards.chart.ingredients import Bundled, told_of
from cards.chart.magnesium_orders import magnesium_order
from cards.chart.routes import route_of
from cards.chart.schedule import due_at, ends_at, schedule_of
from cards.chart.sorting import Why
from cards.chart.taken import HANDED_OVER, is_hearsay, is_real, status_taken, supply_end
from cards.chart.understood import named_of, understood
from cards.loading import Knowledge
from cards.model import ORDER_TYPES, DrugRole, JsonObject, MagnesiumKind, Medication, Route, Schedule
from cards.terms.terminology import Product

_DRAFT_GONE = frozenset({"entered-in-error", "cancelled", "stopped", "completed"})
_SULFATE = "6585"
_TREATING = frozenset({MagnesiumKind.REPLACEMENT, MagnesiumKind.OBSTETRIC})
# only of what meets magnesium in a vein, and of vasopressors, it matters whether it runs
_INFUSED = frozenset({"iv_interaction", "supports_pressure"})
_NO_ROLES: frozenset[str] = frozenset()


def medicines(
    resources: Iterable[JsonObject], bundled: Bundled, knowledge: Knowledge, now: datetime
) -> tuple[Medication, ...]:
    """Medicines ordered, told or dispensed, active and past; what is only planned or not to be done is left out."""
    found: dict[str, Medication] = {}
    for number, resource in enumerate(resources):
        if status := status_taken(resource, now):
            medication = _medication(resource, bundled, knowledge, status)
            found.setdefault(medication.reference or f"#{number}", medication)
    return tuple(found.values())


def administrations(resources: Iterable[JsonObject], bundled: Bundled, knowledge: Knowledge) -> tuple[Medication, ...]:
    """Medicines given: `in-progress` counts as active."""
    given = [r for r in resources if text(r, "resourceType") == "MedicationAdministration"]
    statuses = {"in-progress": "active", "completed": "completed"}
    return tuple(
        _medication(r, bundled, knowledge, statuses[text(r, "status")]) for r in given if text(r, "status") in statuses
    )


def is_magnesium_given(resource: JsonObject, bundled: Bundled, knowledge: Knowledge) -> bool:
    """Whether this tells of a dose of magnesium that treats, not of a fluid or laxative with magnesium in it."""
    given = administrations((resource,), bundled, knowledge)
    return any(m.magnesium is not None and m.magnesium.kind in _TREATING for m in given)


def drafted(
    resources: Iterable[JsonObject], chosen: Collection[int], bundled: Bundled, knowledge: Knowledge
) -> tuple[Medication, ...]:
    """Drafted medication orders, but not those not to give; `chosen`: the places of those that are selected."""
    return tuple(
        _medication(r, bundled, knowledge, "draft", selected=n in chosen)
        for n, r in enumerate(resources)
        if is_drafted(r) and _says_anything(r, bundled)
    )


def is_drafted(resource: JsonObject) -> bool:
    """Whether a resource is a medication order that is being drafted."""
    order = text(resource, "resourceType") in ORDER_TYPES and resource.get("doNotPerform") is not True
    return order and text(resource, "status") not in _DRAFT_GONE


def nameless(resources: Iterable[JsonObject], bundled: Bundled, knowledge: Knowledge) -> dict[str, JsonObject]:
    """The medicines told neither by a code we know nor in words, by reference."""
    listed = ((n, r) for n, r in enumerate(resources) if not _is_named(r, bundled, knowledge))
    return {reference_of(r) or str(n): r for n, r in listed}


def why_nameless(resource: JsonObject, bundled: Bundled) -> Why:
    """Why nobody can name a medicine: its codes, what it refers to, or nothing at all in it."""
    own, parts = told_of(resource, bundled)
    if own.codes or any(part.codes for part in parts):
        return Why.CODE
    referred = child(resource, "medicationReference") or child(child(resource, "medication"), "reference")
    return Why.REFERENCE if referred else Why.SHAPE


def _says_anything(resource: JsonObject, bundled: Bundled) -> bool:
    own, parts = told_of(resource, bundled)
    return any(own) or bool(parts)


def _is_named(resource: JsonObject, bundled: Bundled, knowledge: Knowledge) -> bool:
    """Whether any name or known code tells what it is: what matches nothing in our tables is another medicine."""
    own, parts = told_of(resource, bundled)
    terms = knowledge.terminology
    return understood(terms, own.codes, own.words).is_read or any(
        understood(terms, told.codes, told.words).is_read for told in parts
    )


def may_be_running(resource: JsonObject, since: datetime) -> bool:
    """An active order or administration, or one given since then."""
    if text(resource, "resourceType") in ORDER_TYPES:
        return is_real(resource) and text(resource, "status") == "active"
    if text(resource, "resourceType") != "MedicationAdministration":
        return False
    given = _ended(resource, ()) or _started(resource)
    lately = given is not None and given >= since
    return text(resource, "status") == "in-progress" or (lately and text(resource, "status") == "completed")


def may_be_infused(resource: JsonObject, bundled: Bundled, knowledge: Knowledge) -> bool:
    """Given by vein, or nobody says how."""
    return _medication(resource, bundled, knowledge, "").route in (Route.INTRAVENOUS, Route.UNKNOWN)


def _medication(
    resource: JsonObject, bundled: Bundled, knowledge: Knowledge, status: str, selected: bool = True
) -> Medication:
    named = named_of(knowledge.terminology, *told_of(resource, bundled))
    drug, told = named.drug, named.told
    dosages = (*objects(resource, "dosageInstruction"), *map(_as_ordered, objects(resource, "dosage")))
    told_route = route_of(dosages, told, named.route)
    silent, route = _is_silent(told_route, drug.roles), _route_of_sulfate(told_route, named.product)
    magnesium = magnesium_order(named.code, named.product, drug.roles, route, told, named.words, dosages, knowledge)
    told_only = is_hearsay(resource)
    medication = Medication(
        name=drug.name if drug.roles or magnesium is None else _name_of(magnesium.kind, knowledge),
        roles=() if silent else drug.roles,
        role_names=_NO_ROLES if silent else drug.role_names,
        route=route,
        status=status,
        since=_started(resource),
        until=_ended(resource, dosages),
        reference=reference_of(resource),
        selected=selected,
        magnesium=None if route is Route.INTRAVENOUS and told_only else magnesium,
        is_potassium=named.is_potassium,
        is_antithrombotic=named.is_antithrombotic,
        is_nsaid=named.is_nsaid and not silent,
        is_told=told_only,
        has_minerals=named.product.kind == "minerals",
        is_fluid=named.product.kind == "fluid" and magnesium is None,
        is_infusion=not _INFUSED.isdisjoint(drug.role_names) and runs_on(dosages, told),
    )
    return _with_schedule(medication, resource, dosages, knowledge) if magnesium else medication


def _name_of(kind: MagnesiumKind, knowledge: Knowledge) -> str:
    """What a card calls a source of magnesium that no table names."""
    return knowledge.words.say(f"magnesium_kinds.{kind.name.lower()}")


def _route_of_sulfate(route: Route, product: Product) -> Route:
    """By mouth the sulfate is given only as granules, which are listed products, and to prepare the bowel."""
    if route in (Route.UNKNOWN, Route.OTHER) and _SULFATE in product.ingredients:
        return Route.ORAL if product.kind == "bowel_prep" else Route.INTRAVENOUS
    return route


def _is_silent(route: Route, roles: Sequence[DrugRole]) -> bool:
    """Whether nothing of it reaches the blood."""
    return route is Route.NOT_SYSTEMIC or (route is Route.ORAL and any(r.of_class.stays_in_gut for r in roles))


def _with_schedule(
    medication: Medication, resource: JsonObject, dosages: Sequence[JsonObject], knowledge: Knowledge
) -> Medication:
    """How often magnesium is to be given: IV with its times, by mouth only whether it is as needed."""
    if medication.route is Route.INTRAVENOUS:
        return _with_times(medication, resource, dosages, knowledge)
    schedule = schedule_of(resource, dosages, (), knowledge.dose_language)
    return medication._replace(schedule=schedule) if schedule is Schedule.AS_NEEDED else medication


def _as_ordered(dosage: JsonObject) -> JsonObject:
    """The dosage of an administration, whose dose stands under another name (`quantity` in DSTU2)."""
    dose = child(dosage, "dose") or child(dosage, "quantity")
    return {**dosage, "doseQuantity": dose} if dose else dosage


def _with_times(
    medication: Medication, resource: JsonObject, dosages: Sequence[JsonObject], knowledge: Knowledge
) -> Medication:
    """When IV magnesium is to be given, and how often; what nothing else decides by."""
    steps = medication.magnesium.steps if medication.magnesium else ()
    return medication._replace(
        schedule=schedule_of(resource, dosages, steps, knowledge.dose_language),
        due=due_at(dosages),
        until=medication.until or ends_at(resource, dosages, medication.since),
        charted=text(resource, "resourceType") == "MedicationAdministration",
    )


def _started(resource: JsonObject) -> datetime | None:
    return first_moment(resource, "authoredOn", "dateWritten", "effectiveDateTime", "effectivePeriod", *HANDED_OVER)


def _ended(resource: JsonObject, dosages: Sequence[JsonObject]) -> datetime | None:
    """When it was given, was stopped or was to end, as far as the order says; of what was handed over its supply."""
    if resource.get("resourceType") == "MedicationDispense":
        return supply_end(resource)
    given = moment(text(child(resource, "effectivePeriod"), "end")) or moment(text(resource, "effectiveDateTime"))
    bounds = (text(child(child(child(d, "timing"), "repeat"), "boundsPeriod"), "end") for d in dosages)
    return given or next((found for found in map(moment, (*bounds, *_stopped(resource))) if found), None)


def _stopped(resource: JsonObject) -> Sequence[str]:
    """What FHIR R5, DSTU2 and all of them have for the end of an order that is no longer active."""
    if text(resource, "status") not in ("stopped", "completed"):
        return ()
    validity = child(child(resource, "dispenseRequest"), "validityPeriod")
    return text(resource, "statusChanged"), text(resource, "dateEnded"), text(validity, "end")
