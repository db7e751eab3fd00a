"""What can be ordered in the demo: medicines of the code tables, magnesium at the doses of the knowledge, tests."""

from collections.abc import Iterator
from dataclasses import dataclass

from cards import ROUTES, RXNORM, SNOMED, UCUM, Knowledge
from cds_service.fhir_json import JsonDict

_TIMES = {1: "once", 2: "twice"}
_MAGNESIUM = "magnesium_product"


@dataclass(frozen=True, slots=True)
class Orderable:
    """One entry of the order search: its name, what it is, other names it is found by, and the order itself."""

    name: str
    kind: str
    also: tuple[str, ...]
    order: JsonDict


def orderables(knowledge: Knowledge) -> tuple[Orderable, ...]:
    """Everything that can be ordered, by name."""
    every = [*_infusions(knowledge), *_tablets(knowledge), *_ingredients(knowledge), *_tests(knowledge)]
    return tuple(sorted(every, key=lambda item: item.name.lower()))


def _infusions(knowledge: Knowledge) -> Iterator[Orderable]:
    """Each dose of intravenous magnesium sulfate that the knowledge knows."""
    gates = (steps for by_gate in knowledge.doses.iv.values() for steps in by_gate.values())
    for grams, minutes in sorted({(step.grams, step.minutes) for steps in gates for step in steps}):
        over = f"{minutes / 60:g} h" if minutes >= 60 else f"{minutes} min"
        dose = f"{grams:g} g IV over {over}"
        timing: JsonDict = {"repeat": {"count": 1, "duration": minutes, "durationUnit": "min"}}
        dosage, product = _dosage(dose, "intravenous", timing, grams, "g"), knowledge.products[f"iv_{grams:g}g"]
        also, name = ("MgSO4", "sulphate"), f"Magnesium sulfate {dose}"
        yield _orderable(name, "intravenous magnesium", also, _codings(product.codings), [dosage], product.display)


def _tablets(knowledge: Knowledge) -> Iterator[Orderable]:
    """Each oral magnesium of the formulary at each of its daily doses."""
    for salt in (knowledge.doses.salts[name] for name in knowledge.doses.preferred):
        product = knowledge.products[salt.id]
        for quantity, per_day in sorted({step for steps in salt.daily.values() for step in steps}):
            amount = (
                f"{quantity:g} mg elemental" if salt.unit == "mg" else f"{quantity:g} {salt.unit}{'s' * (quantity > 1)}"
            )
            dose = f"{amount} {_TIMES.get(per_day, f'{per_day} times')} a day"
            timing: JsonDict = {"repeat": {"frequency": per_day, "period": 1, "periodUnit": "d"}}
            dosage = _dosage(dose, "oral", timing, quantity, salt.unit)
            name = f"{product.display.partition(' (')[0]}, {dose}"
            yield _orderable(name, "oral magnesium", (), _codings(product.codings), [dosage], product.display)


def _ingredients(knowledge: Knowledge) -> Iterator[Orderable]:
    """Every other drug of the code tables, without a dose."""
    names = _names(knowledge)
    oral = {p.ingredients[0] for p in knowledge.terminology.products.values() if p.route == "oral"}
    for code, roles in knowledge.terminology.roles.items():
        if not code.isdigit() or any(role.role == _MAGNESIUM for role in roles):
            continue
        name = roles[0].ingredient
        also = tuple(sorted(names.get(code, set()) - {name.lower()}))
        dosages = [_route("oral")] if code in oral else []
        coding: list[JsonDict] = [{"system": RXNORM, "code": code, "display": name}]
        kind = min(roles, key=lambda role: role.role.startswith("qt_")).drug_class
        yield _orderable(name[:1].upper() + name[1:], kind, also, coding, dosages)


def _tests(knowledge: Knowledge) -> Iterator[Orderable]:
    """Every test that a card may offer."""
    for test in knowledge.tests.values():
        coding = {"system": test.system, "code": test.code, "display": test.display}
        order: JsonDict = {"resourceType": "ServiceRequest", "code": {"coding": [coding], "text": test.text}}
        yield Orderable(test.text, "test", (test.short,), order)


def _names(knowledge: Knowledge) -> dict[str, set[str]]:
    """Brands and synonyms by ingredient code."""
    found: dict[str, set[str]] = {}
    for entries in knowledge.terminology.names.values():
        for words, code in entries:
            found.setdefault(code, set()).add(" ".join(words))
    return found


def _orderable(
    name: str, kind: str, also: tuple[str, ...], coding: list[JsonDict], dosages: list[JsonDict], text: str = ""
) -> Orderable:
    order: JsonDict = {
        "resourceType": "MedicationRequest",
        "medicationCodeableConcept": {**({"coding": coding} if coding else {}), "text": text or name},
        **({"dosageInstruction": dosages} if dosages else {}),
    }
    return Orderable(name, kind, also, order)


def _codings(codings: tuple[tuple[str, str, str], ...]) -> list[JsonDict]:
    return [{"system": system, "code": code, "display": display} for system, code, display in codings]


def _route(route: str) -> JsonDict:
    code, display = ROUTES[route]
    return {"route": {"coding": [{"system": SNOMED, "code": code, "display": display}], "text": display}}


def _dosage(text: str, route: str, timing: JsonDict, quantity: float, unit: str) -> JsonDict:
    code = unit if unit in ("g", "mg") else f"{{{unit}}}"
    dose = {"value": quantity, "unit": unit, "system": UCUM, "code": code}
    return {"text": text, "timing": timing, **_route(route), "doseAndRate": [{"doseQuantity": dose}]}
