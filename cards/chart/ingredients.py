"""Which concepts name a medicine: its own, that of a Medication it refers to, and those of the ingredients in it."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from cards.chart.fhir import child, number, objects, said_by, text
from cards.model import JsonObject
from cards.terms.terminology import CodeKey

Bundled = Mapping[str, JsonObject]
_NOTHING: JsonObject = {}
# a Medication may be made of Medications, but not without end
_DEEPEST = 3


class Told(NamedTuple):
    """What one concept says: its codes and its words; an ingredient's words end with its strength."""

    codes: tuple[CodeKey, ...]
    words: str


_NOTHING_TOLD = Told((), "")


def told_of(resource: JsonObject, bundled: Bundled) -> tuple[Told, tuple[Told, ...]]:
    """What an order says of its medicine, and what it says of each active ingredient."""
    refers = "medicationReference" in resource or "medication" in resource
    own, reference = _own(resource), _reference(resource) if refers else _NOTHING
    if not reference:
        return own or _NOTHING_TOLD, ()
    medication = _referred(resource, reference, bundled)
    own = own or _told(child(medication, "code"))
    if not own.codes and not own.words:
        own = Told((), text(reference, "display"))
    return own, tuple(_ingredients(medication, resource, bundled, _DEEPEST))


def _told(concept: JsonObject, strength: str = "") -> Told:
    said = said_by(concept)
    return Told(said.codings, f"{said.words} {strength}".strip())


def _own(resource: JsonObject) -> Told | None:
    """What the CodeableConcept of an order itself says; None when it says nothing."""
    told = _said(child(resource, "medicationCodeableConcept"))
    if "medication" not in resource:
        return told
    medication = child(resource, "medication")
    return told or _said(child(medication, "concept")) or _said(medication)


def _said(concept: JsonObject) -> Told | None:
    codes, words = said_by(concept)
    return Told(codes, words.strip()) if codes or words else None


def _reference(resource: JsonObject) -> JsonObject:
    medication = child(resource, "medication")
    return child(resource, "medicationReference") or child(medication, "reference") or medication


def _referred(resource: JsonObject, reference: JsonObject, bundled: Bundled) -> JsonObject:
    """The Medication (or Substance) of a reference: contained, or come along under its id or its full URL."""
    target = text(reference, "reference")
    for item in objects(resource, "contained"):
        if target and target.removeprefix("#") == text(item, "id").removeprefix("#"):
            return item
    plain = target.split("/_history/")[0]
    found = bundled.get("/".join(plain.split("/")[-2:])) or bundled.get(plain)
    return found or bundled.get(f"Medication/{plain.rpartition(':')[2]}") or _NOTHING


def _ingredients(medication: JsonObject, resource: JsonObject, bundled: Bundled, depth: int) -> Iterator[Told]:
    for entry in (*objects(medication, "ingredient"), *objects(child(medication, "product"), "ingredient")):
        if entry.get("isActive") is False or not depth:
            continue
        item = child(entry, "item")
        concept = child(entry, "itemCodeableConcept") or child(item, "concept") or item
        reference = child(entry, "itemReference") or child(item, "reference") or item
        inner = _referred(resource, reference, bundled) or _referred(medication, reference, bundled)
        told = next(filter(_says_something, (concept, child(inner, "code"))), {"text": text(reference, "display")})
        yield _told(told, _strength(entry))
        yield from _ingredients(inner, resource, bundled, depth - 1)


def _says_something(concept: JsonObject) -> bool:
    return any(said_by(concept))


def _strength(entry: JsonObject) -> str:
    """The strength of an ingredient as a label has it: 4 g/100 mL."""
    ratio = child(entry, "strength") or child(entry, "strengthRatio") or child(entry, "amount")
    above, below = child(ratio, "numerator"), child(ratio, "denominator")
    amount, volume = number(above, "value"), number(below, "value")
    if amount is None or volume is None:
        return ""
    return f"{amount:g} {_unit(above)}/{volume:g} {_unit(below)}"


def _unit(quantity: JsonObject) -> str:
    return text(quantity, "code") or text(quantity, "unit")
