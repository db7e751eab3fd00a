"""One chart with a resource of every type that is read, and in each what its readers look at."""

import copy
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.calls import request_for

PATIENT = "demo-heart"
SUBJECT = {"reference": f"Patient/{PATIENT}"}
LOINC, SNOMED, RXNORM = "http://loinc.org", "http://snomed.info/sct", "http://www.nlm.nih.gov/research/umls/rxnorm"
UCUM = "http://unitsofmeasure.org"


def ago(hours: float) -> str:
    """A time of day with its zone, so many hours before now."""
    return (datetime.now(UTC) - timedelta(hours=hours)).isoformat(timespec="seconds")


def concept(system: str, code: str, words: str) -> dict[str, Any]:
    """A coded concept with its words."""
    return {"coding": [{"system": system, "code": code, "display": words}], "text": words}


def quantity(value: float, unit: str, code: str = "") -> dict[str, Any]:
    """A quantity in a unit of UCUM."""
    return {"value": value, "unit": unit, "system": UCUM, "code": code or unit}


def observation(ident: str, code: str, words: str, **told: Any) -> dict[str, Any]:
    """A result with all that a reader may look at."""
    return {
        "resourceType": "Observation",
        "id": ident,
        "meta": {"versionId": "1", "lastUpdated": ago(1)},
        "status": "final",
        "category": [concept("http://terminology.hl7.org/CodeSystem/observation-category", "laboratory", "Laboratory")],
        "code": concept(LOINC, code, words),
        "subject": SUBJECT,
        "effectiveDateTime": ago(2),
        "issued": ago(1),
        "interpretation": [concept("http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation", "L", "Low")],
        "note": [{"text": "specimen seen"}],
        "specimen": {"reference": "#s1", "display": "Serum"},
        "contained": [{"resourceType": "Specimen", "id": "s1", "type": concept(SNOMED, "119364003", "Serum specimen")}],
        "referenceRange": [
            {"low": quantity(1.7, "mg/dL"), "high": quantity(2.4, "mg/dL"), "text": "adults 1.7-2.4 mg/dL"},
            {"type": concept("", "normal", "Normal"), "appliesTo": [concept(SNOMED, "77386006", "pregnant")]},
        ],
        **told,
    }


def order(kind: str, ident: str, words: str, code: str, **told: Any) -> dict[str, Any]:
    """A medicine as ordered, told or given."""
    return {
        "resourceType": kind,
        "id": ident,
        "meta": {"versionId": "1", "lastUpdated": ago(1)},
        "status": "active",
        "intent": "order",
        "category": [{"text": "inpatient"}],
        "medicationCodeableConcept": concept(RXNORM, code, words),
        "subject": SUBJECT,
        "encounter": {"reference": "Encounter/e1"},
        "reasonCode": [{"text": "low magnesium"}],
        "note": [{"text": "as discussed"}],
        **told,
    }


def dosage(words: str) -> dict[str, Any]:
    """A dosage with all that a reader may look at."""
    return {
        "text": words,
        "patientInstruction": "with food",
        "asNeededCodeableConcept": {"text": "for cramps"},
        "route": concept(SNOMED, "47625008", "intravenous"),
        "site": {"text": "left arm"},
        "method": {"text": "infusion"},
        "timing": {
            "code": {"text": "once"},
            "event": [ago(1)],
            "repeat": {"boundsPeriod": {"start": ago(1)}, "duration": 4, "durationUnit": "h", "frequency": 1},
        },
        "doseAndRate": [{"doseQuantity": quantity(4, "g"), "rateQuantity": quantity(1, "g/h")}],
    }


def _results() -> list[dict[str, Any]]:
    told = concept(SNOMED, "10828004", "Positive")
    return [
        observation("mg", "19123-9", "Magnesium", valueQuantity=quantity(1.2, "mg/dL")),
        observation("mg-words", "19123-9", "Magnesium", valueString="1.3 mg/dL (1.7-2.4)", effectiveDateTime=ago(9)),
        observation("k", "2823-3", "Potassium", valueQuantity={**quantity(3.1, "mmol/L"), "comparator": "<"}),
        observation("egfr", "98979-8", "eGFR CKD-EPI 2021", valueQuantity=quantity(85, "mL/min/1.73m2")),
        observation("weight", "29463-7", "Body weight", valueQuantity=quantity(70, "kg")),
        observation("urine", "9192-6", "Urine output 24 h", valueQuantity=quantity(300, "mL")),
        observation("pregnant", "82810-3", "Pregnancy status", valueCodeableConcept=told),
        observation("test", "2106-3", "hCG in urine", valueString="positive"),
        observation("due", "11778-8", "Delivery date estimated", valueDateTime=ago(-900)),
        observation("local", "MG-X", "Magnesium, serum", valueQuantity=quantity(1.1, "mg/dL")),
        {
            **observation("report", "24323-8", "Comprehensive metabolic panel"),
            "resourceType": "DiagnosticReport",
            "result": [{"reference": "#r1"}],
            "conclusion": "see result",
            "contained": [observation("r1", "19123-9", "Magnesium", valueQuantity=quantity(1.4, "mg/dL"))],
        },
        observation("panel", "24323-8", "panel", component=[
            {"code": concept(LOINC, "19123-9", "Magnesium"), "valueQuantity": quantity(1.4, "mg/dL")}
        ]),
    ]  # fmt: skip


def _vital_signs() -> list[dict[str, Any]]:
    systolic = {"code": concept(LOINC, "8480-6", "Systolic"), "valueQuantity": quantity(120, "mm[Hg]")}
    return [
        observation("rate", "8867-4", "Heart rate", valueQuantity=quantity(88, "/min")),
        observation("pressure", "85354-9", "Blood pressure", component=[systolic]),
        observation("ventilated", "20124-4", "Ventilation mode", valueString="spontaneous"),
    ]


def _medicines() -> list[dict[str, Any]]:
    inside = {
        "resourceType": "Medication",
        "id": "m1",
        "code": {"text": "magnesium sulfate 4 g in sodium chloride 0.9% 100 mL"},
        "amount": {"numerator": quantity(100, "mL"), "denominator": quantity(1, "bag")},
        "ingredient": [
            {
                "itemCodeableConcept": concept(RXNORM, "6585", "magnesium sulfate"),
                "isActive": True,
                "strength": {"numerator": quantity(4, "g"), "denominator": quantity(100, "mL")},
            },
            {"itemReference": {"reference": "#m1", "display": "sodium chloride"}},
        ],
    }
    mixed = order("MedicationRequest", "mixed", "", "", contained=[inside], dosageInstruction=[dosage("over 4 h")])
    del mixed["medicationCodeableConcept"]
    supply = {"quantity": quantity(30, "tab"), "expectedSupplyDuration": quantity(30, "d"), "numberOfRepeatsAllowed": 1}
    return [
        {**mixed, "medicationReference": {"reference": "#m1", "display": "magnesium bag"}},
        order("MedicationRequest", "ppi", "omeprazole 20 MG", "7646", dosageInstruction=[dosage("20 mg daily")]),
        order("MedicationRequest", "local", "Tbl. Mag 400 XR", "L-1", authoredOn=ago(99), dispenseRequest=supply),
        order("MedicationRequest", "insulin", "insulin regular infusion", "5856", dosageInstruction=[dosage("5 U/h")]),
        order("MedicationRequest", "digoxin", "digoxin 0.125 MG", "3407", dosageInstruction=[dosage("daily")]),
    ]


def _condition(ident: str, code: str, words: str) -> dict[str, Any]:
    status = "http://terminology.hl7.org/CodeSystem/condition-clinical"
    return {
        "resourceType": "Condition",
        "id": ident,
        "clinicalStatus": concept(status, "active", "active"),
        "verificationStatus": {"text": "confirmed"},
        "category": [{"text": "encounter-diagnosis"}],
        "severity": {"text": "moderate"},
        "code": concept(SNOMED, code, words),
        "bodySite": [{"text": "left"}],
        "subject": SUBJECT,
        "encounter": {"reference": "Encounter/e1"},
        "onsetDateTime": ago(999),
        "recordedDate": ago(99),
        "note": [{"text": "see letter"}],
    }


def _care() -> dict[str, list[dict[str, Any]]]:
    done = {"subject": SUBJECT, "status": "completed"}
    feeding = {"enteralFormula": {"baseFormulaType": {"text": "standard"}, "administrationInstruction": "60 mL/h"}}
    diet = {"oralDiet": {"type": [{"text": "low salt"}], "instruction": "three meals"}, "supplement": [{"type": {}}]}
    return {
        "procedures": [
            {"resourceType": "Procedure", "id": "p1", **done, "code": concept(SNOMED, "302497006", "Haemodialysis")}
            | {"performedDateTime": ago(5), "category": {"text": "therapy"}, "note": [{"text": "4 h"}]},
        ],
        "nutrition_orders": [
            {"resourceType": "NutritionOrder", "id": "n1", "status": "active", "patient": SUBJECT, "dateTime": ago(5)}
            | feeding
            | diet
            | {"note": [{"text": "by tube"}]},
        ],
        "devices": [
            {"resourceType": "Device", "id": "v1", "status": "active", "patient": SUBJECT}
            | {"type": concept(SNOMED, "706172005", "Ventilator"), "deviceName": [{"name": "Ventilator", "type": "x"}]},
        ],
        "ordered_tests": [
            {"resourceType": "ServiceRequest", "id": "t1", "status": "active", "intent": "order", "subject": SUBJECT}
            | {"code": concept(LOINC, "19123-9", "Magnesium"), "authoredOn": ago(3), "occurrenceDateTime": ago(-3)}
            | {"note": [{"text": "fasting"}], "orderDetail": [{"text": "in serum"}]},
        ],
        "allergies": [
            {"resourceType": "AllergyIntolerance", "id": "a1", "patient": SUBJECT, "type": "allergy"}
            | {"category": ["medication"], "clinicalStatus": {"text": "active"}, "recordedDate": ago(99)}
            | {"code": concept(SNOMED, "387202002", "Magnesium sulfate"), "note": [{"text": "as a child"}]}
            | {"reaction": [{"substance": {"text": "MgSO4"}, "manifestation": [{"text": "rash"}]}]},
        ],
    }


def _patient() -> dict[str, Any]:
    return {
        "resourceType": "Patient",
        "id": PATIENT,
        "gender": "female",
        "birthDate": "1950-05-05",
        "name": [{"family": "Invented", "given": ["Ines"], "text": "Ines Invented"}],
        "identifier": [{"system": "urn:example", "value": "0"}],
    }


def _encounter() -> dict[str, Any]:
    acting = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
    return {
        "resourceType": "Encounter",
        "id": "e1",
        "status": "in-progress",
        "class": {"system": acting, "code": "IMP", "display": "inpatient encounter"},
        "type": [{"text": "Inpatient stay"}],
        "serviceType": {"text": "Cardiology"},
        "subject": SUBJECT,
        "period": {"start": ago(30)},
        "reasonCode": [{"text": "palpitations"}],
        "hospitalization": {"dischargeDisposition": concept("", "home", "Home")},
        "location": [{"location": {"reference": "Location/1", "display": "Ward 4"}}],
    }


def chart() -> dict[str, list[dict[str, Any]]]:
    """Prefetch key to resources; the patient's own apart."""
    return {
        "magnesium": _results()[:2],
        "results": _results()[2:],
        "vital_signs": _vital_signs(),
        "encounters": [_encounter()],
        "medications": _medicines(),
        "statements": [
            order("MedicationStatement", "s1", "Magnesium citrate 400 mg", "6581", dateAsserted=ago(9))
            | {"dosage": [dosage("1-0-1")], "effectivePeriod": {"start": ago(900)}},
        ],
        "administrations": [
            order("MedicationAdministration", "g1", "magnesium sulfate", "6585", status="in-progress")
            | {"effectivePeriod": {"start": ago(1)}, "dosage": {"text": "2 g", "dose": quantity(2, "g")}},
        ],
        "conditions": [
            _condition("c1", "84114007", "Heart failure"),
            _condition("c2", "x-1", "Myasthenia gravis, acute kidney injury, pregnant 30 weeks"),
        ],
        **_care(),
    }


def searchset(resources: list[dict[str, Any]]) -> dict[str, Any]:
    """A Bundle as a server answers a search."""
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "link": [{"relation": "self", "url": "https://ehr.example/fhir/x"}],
        "entry": [{"fullUrl": f"urn:uuid:{r['id']}", "resource": r} for r in resources],
    }


def requests() -> dict[str, dict[str, Any]]:
    """A patient-view and an order-sign call about this chart; yours to change."""
    prefetch = {"patient": _patient(), **{key: searchset(found) for key, found in chart().items()}}
    view, sign = (request_for(hook) for hook in ("patient-view", "order-sign"))
    view["prefetch"], sign["prefetch"] = prefetch, copy.deepcopy(prefetch)
    for call in (view, sign):
        call["context"] |= {"patientId": PATIENT, "encounterId": "e1"}
    drafts = [{**resource, "status": "draft", "id": f"d-{resource['id']}"} for resource in _medicines()]
    sign["context"]["draftOrders"] = searchset(copy.deepcopy(drafts))
    return {"patient-view": view, "order-sign": sign}
