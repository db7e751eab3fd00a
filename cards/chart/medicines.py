"""Medicines and drafted orders: which drugs, by which route, and what a magnesium order asks for."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from cards.chart.fhir import child, codings, first_moment, moment, objects, reference_of, text, words_of
from cards.chart.magnesium_orders import magnesium_order
from cards.chart.sorting import Why, unknown_code
from cards.loading import Knowledge
from cards.model import JsonObject, Medication, Route
from cards.terminology import CodeKey, Drug, Product, Terminology, words_in

_ORDERS = frozenset({"MedicationRequest", "MedicationOrder"})
_REAL_INTENTS = frozenset({"order", "original-order", "instance-order", "filler-order", ""})
_TAKEN = frozenset({"active", "completed", "stopped"})
_DRAFT_GONE = frozenset({"entered-in-error", "cancelled", "stopped", "completed"})
_ROUTE_CODES = {"26643006": Route.ORAL, "47625008": Route.INTRAVENOUS}
_ROUTE_WORDS: tuple[tuple[Route, re.Pattern[str]], ...] = (
    (
        Route.NOT_SYSTEMIC,
        re.compile(
            r"\b(oph?th\w*|eye(lid|drop)?s?|ocular|(sub)?conjunctival|topical\w*|cutaneous|skin|otic|ear(drop)?s?|auricular"
            r"|intranasal|nasal|nose|vaginal|oint(ment)?s?|cream|lotion|(?<!soft )gel|shampoo|irrigation|inhal\w*"
            r"|neb(uli\w*|s)?|mouthwash|intravitreal|intracameral|dropperettes?|affected (area|eye|ear|skin)s?)\b"
            r"(?!\W+((and|or)\W+)?(soft\W+tissue\W+)?infection)",  # what it is for, not where it goes
            re.IGNORECASE,
        ),
    ),
    (Route.INTRAVENOUS, re.compile(r"\b(iv|i\.v\.|intravenous\w*|infusion|infuse\w*|ivpb)\b", re.IGNORECASE)),
    (Route.ORAL, re.compile(r"\b(oral\w*|po|p\.o\.|by mouth|tablets?|capsules?)\b", re.IGNORECASE)),
    (Route.OTHER, re.compile(r"\b(injection|injectable|intramuscular\w*|subcutaneous\w*|rectal|transdermal)\b", re.I)),
    (
        # drops may be for the mouth, and a gtt an infusion: only with a strength in percent, or an eye or ear named
        Route.NOT_SYSTEMIC,
        re.compile(
            r"%[^;]{0,20}\bdrops?\b|\b(drops?|gtts?) ((in(to)?|to) )?((each|both|affected) )?"
            r"(os|ou|ad|au|od(?= ([tbq]id|q\d|every|once|daily|twice)))\b",
            re.IGNORECASE,
        ),
    ),
)
_SULFATE = "6585"
_NO_ROLES: frozenset[str] = frozenset()
_PRODUCT_ROUTES = {
    "oral": Route.ORAL,
    "injection": Route.INTRAVENOUS,
    "rectal": Route.OTHER,
    "transdermal": Route.OTHER,
    "": Route.UNKNOWN,
}

Bundled = Mapping[str, JsonObject]


def medicines(resources: Iterable[JsonObject], bundled: Bundled, knowledge: Knowledge) -> tuple[Medication, ...]:
    """Ordered medicines, active and past; orders that are only planned or are not to be done are left out."""
    found: dict[str, Medication] = {}
    for number, resource in enumerate(resources):
        if text(resource, "resourceType") in _ORDERS and _is_real(resource):
            medication = _medication(resource, bundled, knowledge, text(resource, "status"))
            found.setdefault(medication.reference or f"#{number}", medication)
    return tuple(found.values())


def administrations(resources: Iterable[JsonObject], bundled: Bundled, knowledge: Knowledge) -> tuple[Medication, ...]:
    """Medicines given: `in-progress` counts as active."""
    given = [r for r in resources if text(r, "resourceType") == "MedicationAdministration"]
    statuses = {"in-progress": "active", "completed": "completed"}
    return tuple(
        _medication(r, bundled, knowledge, statuses[text(r, "status")]) for r in given if text(r, "status") in statuses
    )


def drafted(
    resources: Iterable[JsonObject], chosen: Collection[int], bundled: Bundled, knowledge: Knowledge
) -> tuple[Medication, ...]:
    """Drafted medication orders, but not those not to give; `chosen`: the places of those that are selected."""
    return tuple(
        _medication(r, bundled, knowledge, "draft", selected=n in chosen)
        for n, r in enumerate(resources)
        if is_drafted(r) and _concept(r, bundled)[0]
    )


def is_drafted(resource: JsonObject) -> bool:
    """Whether a resource is a medication order that is being drafted."""
    order = text(resource, "resourceType") in _ORDERS and resource.get("doNotPerform") is not True
    return order and text(resource, "status") not in _DRAFT_GONE


def nameless(
    resources: Iterable[JsonObject], bundled: Bundled, systems: Collection[str]
) -> dict[str, tuple[JsonObject, Why]]:
    """The medicines whose drug nobody can name, by reference, and why."""
    asked = ((n, r, _why_nameless(r, bundled, systems)) for n, r in enumerate(resources))
    return {reference_of(r) or str(n): (r, why) for n, r, why in asked if why}


def _why_nameless(resource: JsonObject, bundled: Bundled, systems: Collection[str]) -> Why | None:
    concept, told = _concept(resource, bundled)
    if not concept and (child(resource, "medicationReference") or child(child(resource, "medication"), "reference")):
        return Why.REFERENCE
    return unknown_code(concept, told, systems)


def running(resource: JsonObject, since: datetime) -> bool:
    """An active order or administration, or one given since then."""
    if text(resource, "resourceType") in _ORDERS:
        return _is_real(resource) and text(resource, "status") == "active"
    if text(resource, "resourceType") != "MedicationAdministration":
        return False
    given = _ended(resource, ()) or _started(resource)
    lately = given is not None and given >= since
    return text(resource, "status") == "in-progress" or (lately and text(resource, "status") == "completed")


def _is_real(resource: JsonObject) -> bool:
    taken = text(resource, "status") in _TAKEN
    return taken and text(resource, "intent") in _REAL_INTENTS and resource.get("doNotPerform") is not True


def _medication(
    resource: JsonObject, bundled: Bundled, knowledge: Knowledge, status: str, selected: bool = True
) -> Medication:
    concept, told = _concept(resource, bundled)
    named = _named(knowledge.terminology, tuple(codings(concept)), told)
    drug = named.drug
    dosages = (*objects(resource, "dosageInstruction"), *objects(resource, "dosage"))
    route = _route(dosages, named)
    if route in (Route.UNKNOWN, Route.OTHER) and _SULFATE in named.product.ingredients:
        route = Route.INTRAVENOUS  # magnesium sulfate is given by mouth only as granules, which are listed products
    return Medication(
        name=drug.name,
        roles=() if route is Route.NOT_SYSTEMIC else drug.roles,
        role_names=_NO_ROLES if route is Route.NOT_SYSTEMIC else drug.role_names,
        route=route,
        status=status,
        since=_started(resource),
        until=_ended(resource, dosages),
        reference=reference_of(resource),
        selected=selected,
        magnesium=magnesium_order(named.code, named.product, drug.roles, route, told, named.words, dosages, knowledge),
        is_potassium=named.is_potassium,
        is_antithrombotic=named.is_antithrombotic,
    )


class Named(NamedTuple):
    """What the codes and words of a medicine say, whoever takes it."""

    words: Sequence[str]
    code: str
    product: Product
    drug: Drug
    route: Route
    is_potassium: bool
    is_antithrombotic: bool


@lru_cache(maxsize=4096)
def _named(terminology: Terminology, codes: tuple[CodeKey, ...], told: str) -> Named:
    """A hospital has some thousand medicines, which come again and again."""
    words = words_in(told)
    code, product = _product(codes, told, words, terminology)
    by_product = _PRODUCT_ROUTES.get(product.route, Route.NOT_SYSTEMIC)
    return Named(
        words=words,
        code=code,
        product=product,
        drug=terminology.drug(product.ingredients),
        route=_worded_route(told) if by_product is Route.UNKNOWN else by_product,
        is_potassium=not _POTASSIUM_WORDS.isdisjoint(words) and bool(_POTASSIUM.search(told)),
        is_antithrombotic=not _ANTITHROMBOTICS.isdisjoint(words),
    )


_POTASSIUM = re.compile(
    r"\b(potassium (chloride|bicarbonate|citrate|gluconate|acetate)|kcl|klor-?con|k-?dur|slow-?k|sando-?k|k-?tab)\b",
    re.I,
)
# one of them is in every text that the pattern finds
_POTASSIUM_WORDS = frozenset({"potassium", "kcl", "klor", "klorcon", "k", "kdur", "slowk", "sandok", "ktab"})
# Names only: the shipped code tables have no codes for these; used to protect, never to advise.
_ANTITHROMBOTICS = frozenset(
    {"aspirin", "acetylsalicylic", "clopidogrel", "prasugrel", "ticagrelor", "warfarin", "apixaban", "rivaroxaban"}
    | {"edoxaban", "dabigatran", "heparin", "enoxaparin", "dalteparin", "fondaparinux", "tinzaparin", "acenocoumarol"}
    | {"phenprocoumon", "dipyridamole", "argatroban", "bivalirudin", "vorapaxar"}
    | {"eliquis", "xarelto", "pradaxa", "savaysa", "lixiana", "coumadin", "jantoven", "plavix", "brilinta", "brilique"}
    | {"effient", "lovenox", "clexane", "fragmin", "arixtra", "ecotrin"}
)


def _concept(resource: JsonObject, bundled: Bundled) -> tuple[JsonObject, str]:
    """The CodeableConcept of the medicine, wherever the order keeps it, and its words; empty when there is none."""
    for concept in (child(resource, "medicationCodeableConcept"), child(child(resource, "medication"), "concept")):
        told = words_of(concept)
        if told or codings(concept):
            return concept, told
    found = _referred(resource, bundled)
    return found, words_of(found)


def _referred(resource: JsonObject, bundled: Bundled) -> JsonObject:
    reference = child(resource, "medicationReference") or child(child(resource, "medication"), "reference")
    target = text(reference, "reference")
    for item in objects(resource, "contained"):
        if target == f"#{text(item, 'id')}":
            return child(item, "code")
    found = bundled.get("/".join(target.split("/_history/")[0].split("/")[-2:]))
    shown = text(reference, "display")
    return child(found, "code") if found else ({"text": shown} if shown else {})


def _product(
    codes: Sequence[CodeKey], told: str, words: Sequence[str], terminology: Terminology
) -> tuple[str, Product]:
    coded = terminology.product_of(codes)
    if coded:
        return coded
    return "", Product(terminology.ingredients_named(words), "", " / " in told or " and " in told)


def _route(dosages: Sequence[JsonObject], named: Named) -> Route:
    """The ordered route; else that of the product; else what its name says; else what the dosage says."""
    for dosage in dosages:
        route = child(dosage, "route")
        for _, code in codings(route):
            if code in _ROUTE_CODES:
                return _ROUTE_CODES[code]
        worded = _worded_route(words_of(route))
        if worded is not Route.UNKNOWN:
            return worded
    if named.route is not Route.UNKNOWN:
        return named.route
    return _worded_route(" ".join(text(d, "text") for d in dosages))


def _worded_route(told: str) -> Route:
    return (
        next((route for route, words in _ROUTE_WORDS if words.search(told)), Route.UNKNOWN) if told else Route.UNKNOWN
    )


def _started(resource: JsonObject) -> datetime | None:
    return first_moment(resource, "authoredOn", "dateWritten", "effectiveDateTime", "effectivePeriod")


def _ended(resource: JsonObject, dosages: Sequence[JsonObject]) -> datetime | None:
    """When it was given, was stopped or was to end, as far as the order says."""
    given = moment(text(child(resource, "effectivePeriod"), "end")) or moment(text(resource, "effectiveDateTime"))
    bounds = (text(child(child(child(d, "timing"), "repeat"), "boundsPeriod"), "end") for d in dosages)
    return given or next((found for found in map(moment, (*bounds, *_stopped(resource))) if found), None)


def _stopped(resource: JsonObject) -> Sequence[str]:
    """What FHIR R5, DSTU2 and all of them have for the end of an order that is no longer active."""
    if text(resource, "status") not in ("stopped", "completed"):
        return ()
    validity = child(child(resource, "dispenseRequest"), "validityPeriod")
    return text(resource, "statusChanged"), text(resource, "dateEnded"), text(validity, "end")
