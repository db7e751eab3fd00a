"""Offers as FHIR R4 resources: MedicationRequest and ServiceRequest, status draft."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cards.chart import Chart
from cards.chart.fhir import is_id, reference_of
from cards.judgements import assess
from cards.loading import Product
from cards.loading.dose_tables import OrderableTest
from cards.model import ORDER_TYPES, DoseStep, DraftMedication, DraftTest, Indicator, RemoveOrder
from cards.plan.due import Due, due
from cards.terms.systems import REQUEST_CATEGORY, SNOMED, UCUM

ROUTES: Mapping[str, tuple[str, str]] = {
    "oral": ("26643006", "Oral route"),
    "intravenous": ("47625008", "Intravenous route"),
}
# so that it stands on the list of what goes home
_OF_DISCHARGE: Mapping[str, object] = {"coding": [{"system": REQUEST_CATEGORY, "code": "discharge"}]}
_WHO_ORDERS = frozenset({"Practitioner", "PractitionerRole"})
_UNIT_CODES = {"mg": "mg", "g": "g", "mmol": "mmol", "mL": "mL", "mEq": "meq"}

Json = dict[str, object]


@dataclass(frozen=True, slots=True)
class Occasion:
    """What an order is suggested on: how urgent its card is, what the card says, and the medicine beside it."""

    indicator: Indicator = Indicator.INFO
    reason: str = ""
    beside: DraftMedication | None = None


_PLAIN = Occasion()


def medication_request(order: DraftMedication, chart: Chart, occasion: Occasion = _PLAIN) -> tuple[str, Json]:
    """(description, MedicationRequest) of a drafted medication."""
    product = chart.knowledge.products[order.product]
    other = order.product in chart.knowledge.doses.alternatives
    resource: Json = {
        "resourceType": "MedicationRequest",
        **_ordered(chart),
        **({} if other else _priority(_of_treatment(occasion.indicator, chart))),
        "medicationCodeableConcept": _concept(product),
        "dosageInstruction": [_dosage(n, step, product, order, chart) for n, step in enumerate(order.steps, 1)],
    }
    if order.days and (chart.is_leaving or not chart.inpatient):
        resource["dispenseRequest"] = _dispensed(order, order.days)
    if chart.is_leaving:
        resource["category"] = [_OF_DISCHARGE]
    if order.reason:
        resource["reasonCode"] = [{"text": chart.knowledge.voice.value(order.reason)}]
    if not other:
        resource |= _reason(chart)
    words, voice = chart.knowledge.words, chart.knowledge.voice
    doses = voice.value(words.say("dose.next").join(step.text for step in order.steps))
    return voice.finished(words.say("labels.draft", product=product.display, dose=doses)), resource


def _ordered(chart: Chart) -> Json:
    """For whom, in which stay and when it is suggested."""
    stay, who = chart.encounter_id, _requester(chart.snapshot.user)
    return {
        "status": "draft",
        "intent": chart.knowledge.site.intent,
        "subject": {"reference": f"Patient/{chart.patient_id}"},
        **({"encounter": {"reference": f"Encounter/{stay}"}} if stay else {}),
        "authoredOn": _moment(chart.now.astimezone(chart.knowledge.site.zone)),
        **({"requester": {"reference": who}} if who else {}),
    }


def _requester(user: str) -> str:
    """Who signs what is accepted, as profiles ask of an order; "" where nobody is told who could."""
    kind, _, ident = "/".join(user.split("/")[-2:]).partition("/")
    return f"{kind}/{ident}" if kind in _WHO_ORDERS and is_id(ident) else ""


def _reason(chart: Chart) -> Json:
    low = chart.current
    return {"reasonReference": [{"reference": low.reference}]} if low and low.reference else {}


def _priority(code: str) -> Json:
    return {"priority": code} if code else {}


def _of_treatment(indicator: Indicator, chart: Chart) -> str:
    if indicator is not Indicator.CRITICAL:
        return ""
    return "stat" if assess.emergency(chart) else "urgent"


def _dispensed(order: DraftMedication, days: int) -> Json:
    """The supply for a patient who takes it home; pieces only where the order counts them."""
    pieces = sum(step.quantity * (step.per_day or 1) * days for step in order.steps)
    units = {step.unit for step in order.steps}
    counted = {"quantity": _quantity(pieces, units.pop())} if len(units) == 1 and units.isdisjoint(_UNIT_CODES) else {}
    return {"numberOfRepeatsAllowed": 0, **counted, "expectedSupplyDuration": _days(days)}


def _concept(product: Product) -> Json:
    coding = [{"system": system, "code": code, "display": display} for system, code, display in product.codings]
    return {**({"coding": coding} if coding else {}), "text": product.display}


def _dosage(number: int, step: DoseStep, product: Product, order: DraftMedication, chart: Chart) -> Json:
    voice = chart.knowledge.voice
    code, display = ROUTES[product.route]
    entry: Json = {"doseQuantity": _quantity(step.quantity, step.unit)}
    if step.grams_per_hour:
        entry["rateQuantity"] = {"value": _rate(step.grams_per_hour), "unit": "g/h", "system": UCUM, "code": "g/h"}
    return {
        "sequence": number,
        "text": voice.text(step.text),
        "timing": {"repeat": _repeat(step, order, chart.now)},
        **({"asNeededBoolean": True} if step.as_needed else {}),
        **({"maxDosePerPeriod": _most(step.most_a_day, step.unit)} if step.most_a_day else {}),
        "route": {"coding": [{"system": SNOMED, "code": code, "display": display}], "text": voice.value(display)},
        "doseAndRate": [entry],
    }


def _repeat(step: DoseStep, order: DraftMedication, now: datetime) -> Json:
    often = _every(step.every) if step.every else _a_day(step.per_day) if step.per_day else {}
    if step.minutes:
        ends = step.count or (None if often or step.as_needed else 1)
        counted: Json = {"count": ends} if ends else {}
        return {**_from(step, now), **counted, "duration": step.minutes, "durationUnit": "min", **often}
    bounds: Json = {"boundsDuration": _days(order.days)} if order.days else _from(step, now)
    bounds |= {"count": step.count} if step.count else {}
    return {**bounds, **(often or _a_day(1))}


def _a_day(times: int) -> Json:
    return {"frequency": times, "period": 1, "periodUnit": "d"}


def _from(step: DoseStep, now: datetime) -> Json:
    """Since when, of what begins later than now: a day later, not with the next day, so that no 24 hours hold both."""
    return {"boundsPeriod": {"start": _moment(now + timedelta(minutes=step.after))}} if step.after else {}


def _most(amount: float, unit: str) -> Json:
    return {"numerator": _quantity(amount, unit), "denominator": _days(1)}


def _every(minutes: float) -> Json:
    hours = minutes / 60
    return {"frequency": 1, "period": int(hours) if hours == int(hours) else hours, "periodUnit": "h"}


def _rate(grams_per_hour: float) -> float:
    """To three digits: a slow rate rounded more would be another one."""
    return float(f"{grams_per_hour:.3g}")


def _quantity(value: float, unit: str) -> Json:
    number = int(value) if value == int(value) else value
    return {"value": number, "unit": unit, "system": UCUM, "code": _UNIT_CODES.get(unit, f"{{{unit}}}")}


def _days(days: int) -> Json:
    return {"value": days, "unit": "days", "system": UCUM, "code": "d"}


def service_request(test: DraftTest, chart: Chart, occasion: Occasion = _PLAIN) -> tuple[str, Json]:
    """(description, ServiceRequest) of a drafted test: the first draw; what follows it is told in words."""
    told, when = chart.knowledge.tests[test.test], chart.knowledge.monitoring[test.when]
    words, time = chart.knowledge.words, due(test.when, chart, occasion.beside)
    window = chart.knowledge.windows[test.when]
    now = not window.undated and (window.is_now or time.end <= chart.now)
    urgent = "stat" if occasion.indicator is Indicator.CRITICAL else "asap"
    resource: Json = {
        "resourceType": "ServiceRequest",
        **_ordered(chart),
        **_priority(urgent if now else ""),
        "code": _code(told),
        **({} if window.undated else _occurrence(time)),
        **(_reason(chart) or ({"reasonCode": [{"text": occasion.reason}]} if occasion.reason else {})),
        "note": [{"text": words.say("labels.when", when=when)}],
    }
    return words.say("labels.test", test=told.text, when=when), resource


def _occurrence(time: Due) -> Json:
    start, end = (t.date().isoformat() if time.in_days else _moment(t) for t in (time.start, time.end))
    return {"occurrenceDateTime": start} if start == end else {"occurrencePeriod": {"start": start, "end": end}}


def _moment(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def _code(test: OrderableTest) -> Json:
    coding = [{"system": system, "code": code, "display": display} for system, code, display in test.codings]
    return {"coding": coding, "text": test.text}


def removal(order: RemoveOrder, chart: Chart) -> Json:
    """The action that removes an order: a draft is deleted; an active order as the site chooses, by default stopped."""
    words = chart.knowledge.words
    if order.is_draft or chart.knowledge.site.stop == "delete":
        description = words.say("labels.remove", drug=chart.knowledge.voice.value(order.name))
        return {"type": "delete", "description": description, "resourceId": order.reference}
    ordered = (r for r in chart.sent.of(*sorted(ORDER_TYPES)) if reference_of(r) == order.reference)
    resource = {**next(ordered), "status": "stopped"}
    return {
        "type": "update",
        "description": words.say("labels.stop", drug=chart.knowledge.voice.value(order.name)),
        "resource": resource,
    }
