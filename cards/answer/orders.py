"""Offers as FHIR R4 resources: MedicationRequest and ServiceRequest, status draft."""

from cards.chart import Chart
from cards.loading import Product
from cards.loading.dose_tables import OrderableTest
from cards.model import DoseStep, DraftMedication, DraftTest
from cards.terms.terminology import SNOMED

_UCUM = "http://unitsofmeasure.org"
_ROUTES = {"oral": ("26643006", "Oral route"), "intravenous": ("47625008", "Intravenous route")}
_UNIT_CODES = {"mg": "mg", "g": "g"}

Json = dict[str, object]


def short_name(product: Product) -> str:
    """The drug as it is spoken of: "Magnesium glycinate", without strength."""
    salt = product.salt
    known = salt and product.display.lower().startswith("magnesium")
    return f"Magnesium {salt}" if known else product.display


def medication_request(order: DraftMedication, chart: Chart) -> tuple[str, Json]:
    """(description, MedicationRequest) of a drafted medication."""
    product = chart.knowledge.products[order.product]
    resource: Json = {
        "resourceType": "MedicationRequest",
        "status": "draft",
        "intent": chart.knowledge.site.intent,
        "medicationCodeableConcept": _concept(product),
        "subject": {"reference": f"Patient/{chart.patient_id}"},
        "dosageInstruction": [_dosage(number, step, product, order) for number, step in enumerate(order.steps, 1)],
    }
    if order.days:
        resource["dispenseRequest"] = {"expectedSupplyDuration": _days(order.days)}
    if order.reason:
        resource["reasonCode"] = [{"text": order.reason}]
    low = chart.current
    if low and low.reference and order.product not in chart.knowledge.doses.alternatives:
        resource["reasonReference"] = [{"reference": low.reference}]
    words = chart.knowledge.words
    doses = words.say("dose.next").join(step.text for step in order.steps)
    return words.say("labels.draft", product=product.display, dose=doses), resource


def _concept(product: Product) -> Json:
    coding = [{"system": system, "code": code, "display": display} for system, code, display in product.codings]
    return {**({"coding": coding} if coding else {}), "text": product.display}


def _dosage(number: int, step: DoseStep, product: Product, order: DraftMedication) -> Json:
    code, display = _ROUTES[product.route]
    entry: Json = {"doseQuantity": _quantity(step.quantity, step.unit)}
    if step.grams_per_hour:
        rate = round(step.grams_per_hour, 2)
        entry["rateQuantity"] = {"value": rate, "unit": "g/h", "system": _UCUM, "code": "g/h"}
    return {
        "sequence": number,
        "text": step.text,
        "timing": {"repeat": _repeat(step, order)},
        "route": {"coding": [{"system": SNOMED, "code": code, "display": display}], "text": display},
        "doseAndRate": [entry],
    }


def _repeat(step: DoseStep, order: DraftMedication) -> Json:
    if step.minutes:
        return {"count": 1, "duration": step.minutes, "durationUnit": "min"}
    bounds = {"boundsDuration": _days(order.days)} if order.days else {}
    return {**bounds, "frequency": step.per_day or 1, "period": 1, "periodUnit": "d"}


def _quantity(value: float, unit: str) -> Json:
    number = int(value) if value == int(value) else value
    return {"value": number, "unit": unit, "system": _UCUM, "code": _UNIT_CODES.get(unit, f"{{{unit}}}")}


def _days(days: int) -> Json:
    return {"value": days, "unit": "days", "system": _UCUM, "code": "d"}


def service_request(test: DraftTest, chart: Chart) -> tuple[str, Json]:
    """(description, ServiceRequest) of a drafted test, its time in words."""
    told, when = chart.knowledge.tests[test.test], chart.knowledge.monitoring[test.when]
    words = chart.knowledge.words
    resource: Json = {
        "resourceType": "ServiceRequest",
        "status": "draft",
        "intent": chart.knowledge.site.intent,
        "code": _code(told),
        "subject": {"reference": f"Patient/{chart.patient_id}"},
        "note": [{"text": words.say("labels.when", when=when)}],
    }
    return words.say("labels.test", test=told.text, when=when), resource


def _code(test: OrderableTest) -> Json:
    return {"coding": [{"system": test.system, "code": test.code, "display": test.display}], "text": test.text}
