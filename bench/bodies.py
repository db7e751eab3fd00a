"""Requests of several sizes for each hook: invented patients, the same for the same seed, dated from `now`.

Shaped like what servers send (ids, categories, both codings, reference ranges, identifiers, narrative), so that
reading one costs what it costs in use. All are answered with cards.
"""

import itertools
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson

from cards import INPUTS

HOOKS = ("patient-view", "order-select", "order-sign")
PATIENT = "8c6f2f0e-5e0b-4f0e-9d0f-2b7c6a1d9e55"
STAY = "enc-55120"
LOINC, UCUM, RXNORM = "http://loinc.org", "http://unitsofmeasure.org", "http://www.nlm.nih.gov/research/umls/rxnorm"
V3, HL7 = "http://terminology.hl7.org/CodeSystem/v3-", "http://terminology.hl7.org/CodeSystem/"

Json = dict[str, object]


@dataclass(frozen=True)
class Size:
    """How much a request holds: results, active and past medicines, conditions; `results` by the key that asks."""

    results: Mapping[str, int]
    active: int
    past: int
    conditions: int
    detailed: bool = True


SIZES = {
    "small": Size({"magnesium": 1}, 5, 0, 0, detailed=False),
    "third": Size({"magnesium": 1, "results": 5}, 3, 0, 1),
    "usual": Size({"magnesium": 3, "results": 17}, 10, 0, 4),
    "large": Size({"magnesium": 60, "results": 440}, 60, 40, 12),
}


@dataclass(frozen=True)
class Test:
    """A laboratory test: codes, unit, and the range its invented values are drawn from."""

    loinc: str
    name: str
    unit: str
    low: float
    high: float
    normal: tuple[float, float]
    digits: int = 1


_TESTS: Mapping[str, Test] = {
    "magnesium": Test("19123-9", "Magnesium [Mass/volume] in Serum or Plasma", "mg/dL", 1.3, 1.4, (1.7, 2.4)),
    "creatinine": Test("2160-0", "Creatinine [Mass/volume] in Serum or Plasma", "mg/dL", 0.8, 1.0, (0.6, 1.2), 2),
    "egfr": Test(
        "98979-8",
        "Glomerular filtration rate/1.73 sq M.predicted [Volume Rate/Area] by Creatinine-based formula (CKD-EPI 2021)",
        "mL/min/{1.73_m2}",
        72,
        88,
        (60, 120),
        0,
    ),
    "potassium": Test("2823-3", "Potassium [Moles/volume] in Serum or Plasma", "mmol/L", 3.6, 4.4, (3.5, 5.1)),
    "calcium": Test("17861-6", "Calcium [Mass/volume] in Serum or Plasma", "mg/dL", 8.6, 9.8, (8.5, 10.5)),
    "albumin": Test("1751-7", "Albumin [Mass/volume] in Serum or Plasma", "g/dL", 3.6, 4.4, (3.5, 5.0)),
    "qtc": Test("8636-3", "Q-T interval corrected", "ms", 432, 455, (350, 460), 0),
}

# (RxNorm code, name, times a day); the first few are those that matter here
_DRUGS = (
    ("198051", "omeprazole 20 MG Delayed Release Oral Capsule", 1),
    ("313988", "furosemide 40 MG Oral Tablet", 1),
    ("617310", "atorvastatin 20 MG Oral Tablet", 1),
    ("314076", "lisinopril 10 MG Oral Tablet", 1),
    ("860975", "24 HR metformin hydrochloride 500 MG Extended Release Oral Tablet", 2),
    ("866924", "metoprolol tartrate 25 MG Oral Tablet", 2),
    ("243670", "aspirin 81 MG Oral Tablet", 1),
    ("310429", "furosemide 20 MG Oral Tablet", 1),
    ("198440", "acetaminophen 500 MG Oral Tablet", 3),
    ("310431", "gabapentin 300 MG Oral Capsule", 3),
    ("966224", "levothyroxine sodium 0.05 MG Oral Tablet", 1),
    ("855332", "warfarin sodium 5 MG Oral Tablet", 1),
)
_DRAFT = ("200371", "citalopram 20 MG Oral Tablet", 1)
_OTHER_DRAFT = ("198440", "acetaminophen 500 MG Oral Tablet", 3)
# what calls cost by what there is to say: shape of a body to its hook
SHAPES = {
    "small": "patient-view",
    "quiet": "patient-view",
    "irrelevant_draft": "order-select",
    "usual": "patient-view",
    "large": "patient-view",
    "large_quiet": "patient-view",
}
# beside which peers are measured, too
OF_A_THIRD = {"third_quiet": "patient-view", "third_irrelevant_draft": "order-select"}
HOOK_OF = {**SHAPES, **OF_A_THIRD}
WITH_CARDS = frozenset({"small", "usual", "large"})
_NORMAL_MG_DL = 2.0
_PROBLEMS = (
    ("I10", "Essential (primary) hypertension"),
    ("E11.9", "Type 2 diabetes mellitus without complications"),
    ("K21.9", "Gastro-esophageal reflux disease without esophagitis"),
    ("E78.5", "Hyperlipidemia, unspecified"),
    ("M17.0", "Bilateral primary osteoarthritis of knee"),
    ("F32.9", "Major depressive disorder, single episode, unspecified"),
)


def shaped(shape: str, now: datetime) -> Json:
    """The request of a shape: quiet ones have a normal magnesium, an irrelevant draft concerns no rule."""
    draft = _OTHER_DRAFT if shape.endswith("irrelevant_draft") else _DRAFT
    size = next((size for size in SIZES if shape.startswith(size)), "usual")
    body = request(size, HOOK_OF[shape], now, draft=draft)
    if shape.endswith("quiet"):
        for entry in body["prefetch"]["magnesium"]["entry"]:
            entry["resource"]["valueQuantity"]["value"] = _NORMAL_MG_DL
    return body


def request(size: str, hook: str, now: datetime, seed: int = 1, draft: tuple[str, str, int] = _DRAFT) -> Json:
    """The hook request of this size."""
    chart = Chart(random.Random(f"{size} {seed}"), now, SIZES[size].detailed)
    context: Json = {"userId": "Practitioner/pr-2041", "patientId": PATIENT, "encounterId": STAY}
    if hook != "patient-view":
        drafted = {**chart.medicine(900, draft), "status": "draft"}
        context["draftOrders"] = bundle("collection", [drafted])
    if hook == "order-select":
        context["selections"] = ["MedicationRequest/mr-900"]
    return {
        "hook": hook,
        "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
        "context": context,
        "prefetch": chart.prefetch(SIZES[size]),
    }


def encoded(size: str, hook: str, now: datetime) -> bytes:
    """The request as it is sent."""
    return orjson.dumps(request(size, hook, now))


def bundle(kind: str, resources: Sequence[Json]) -> Json:
    """A Bundle as a server answers."""
    base = "https://fhir.example/r4"
    entries = [
        {"fullUrl": f"{base}/{r['resourceType']}/{r['id']}", "resource": r, "search": {"mode": "match"}}
        for r in resources
    ]
    link = [{"relation": "self", "url": f"{base}/search?_id=1"}]
    return {"resourceType": "Bundle", "type": kind, "total": len(entries), "link": link, "entry": entries}


@dataclass
class Chart:
    """One invented patient in hospital."""

    chance: random.Random
    now: datetime
    detailed: bool

    def prefetch(self, size: Size) -> Json:
        """The answer to every prefetch template."""
        drugs = itertools.islice(enumerate(itertools.cycle(_DRUGS)), size.active + size.past)
        medicines = [self.medicine(number, drug) for number, drug in drugs]
        medicines[size.active :] = [{**medicine, "status": "completed"} for medicine in medicines[size.active :]]
        lists: dict[str, list[Json]] = {asked.key: [] for asked in INPUTS if asked.count}
        lists["conditions"] = [self.problem(number) for number in range(size.conditions)]
        lists |= {"encounters": [self.encounter()], "medications": medicines}
        for key, analytes in (("magnesium", ["magnesium"]), ("results", [a for a in _TESTS if a != "magnesium"])):
            lists[key] = self.results([_TESTS[analyte] for analyte in analytes], size.results.get(key, 0))
        return {"patient": self.patient(), **{key: bundle("searchset", found) for key, found in lists.items()}}

    def patient(self) -> Json:
        """The patient."""
        return {
            "resourceType": "Patient",
            "id": PATIENT,
            "meta": {"versionId": "3", "lastUpdated": self.time(400)},
            "identifier": [{"use": "usual", "system": "urn:oid:1.2.36.146.595.217.0.1", "value": "invented-12345"}],
            "active": True,
            "name": [{"use": "official", "family": "Invented", "given": ["Bench"]}],
            "gender": "female",
            "birthDate": f"{self.now - timedelta(days=24_136):%Y-%m-%d}",
        }

    def encounter(self) -> Json:
        """The stay in hospital."""
        code = {"system": f"{V3}ActCode", "code": "IMP", "display": "inpatient encounter"}
        period = {"start": self.time(40)}
        head = {"resourceType": "Encounter", "id": STAY, "status": "in-progress", "class": code}
        return {**head, "subject": self.subject(), "period": period}

    def results(self, tests: Sequence[Test], count: int) -> list[Json]:
        """So many results, newest first, one round of the tests every few hours."""
        return [self.result(tests[n % len(tests)], n, 2 + 6 * (n // len(tests))) for n in range(count)]

    def result(self, test: Test, number: int, hours_ago: float) -> Json:
        """One result."""
        value = round(self.chance.uniform(test.low, test.high), test.digits)
        when = self.time(hours_ago)
        codings = [{"system": LOINC, "code": test.loinc, "display": test.name}]
        found = {
            "resourceType": "Observation",
            "id": f"obs-{test.loinc}-{number}",
            "status": "final",
            "category": [{"coding": [{"system": f"{HL7}observation-category", "code": "laboratory"}]}],
            "code": {"coding": codings, "text": test.name.split(" [")[0]},
            "subject": self.subject(),
            "effectiveDateTime": when,
            "valueQuantity": quantity(value, test.unit),
        }
        return {**found, **self.details(test, number, when)} if self.detailed else found

    def details(self, test: Test, number: int, when: str) -> Json:
        """What servers send along with a result."""
        low, high = test.normal
        words = f"{low} - {high} {test.unit}"
        own = f"eap-{test.loinc}"
        return {
            "meta": {"versionId": "1", "lastUpdated": when},
            "identifier": [
                {"use": "official", "system": "urn:oid:1.2.840.114350.1.13.0.1.7.2.6", "value": f"{number}"}
            ],
            "basedOn": [{"reference": f"ServiceRequest/sr-{number}", "display": test.name}],
            "encounter": {"reference": f"Encounter/{STAY}", "display": "Hospital Encounter"},
            "issued": when,
            "performer": [{"reference": "Organization/org-lab", "display": "Invented Hospital Laboratory"}],
            "specimen": {"reference": f"Specimen/sp-{number}", "display": "Specimen 11-55"},
            "interpretation": [
                {"coding": [{"system": f"{V3}ObservationInterpretation", "code": "N"}], "text": "Normal"}
            ],
            "referenceRange": [{"low": quantity(low, test.unit), "high": quantity(high, test.unit), "text": words}],
            "method": {"coding": [{"system": "urn:oid:1.2.840.114350.1.13.0.1.7.4.6", "code": own}], "text": "Routine"},
        }

    def medicine(self, number: int, drug: tuple[str, str, int]) -> Json:
        """One order of a medicine."""
        code, name, times = drug
        found = {
            "resourceType": "MedicationRequest",
            "id": f"mr-{number}",
            "status": "active",
            "intent": "order",
            "medicationCodeableConcept": {"coding": [{"system": RXNORM, "code": code, "display": name}], "text": name},
            "subject": self.subject(),
            "authoredOn": self.time(24 * self.chance.randint(30, 900)),
            "dosageInstruction": [self.dosage(name, times)],
        }
        return {**found, **self.order_details(number)} if self.detailed else found

    def dosage(self, name: str, times: int) -> Json:
        """How it is taken."""
        bounds = {"boundsPeriod": {"start": self.time(24 * 60)}} if self.detailed else {}
        route = {"system": "http://snomed.info/sct", "code": "26643006", "display": "Oral route"}
        form = name.rsplit(" ", 1)[-1].lower()
        return {
            "text": f"Take 1 {form} by mouth {times} times daily",
            "timing": {"repeat": {**bounds, "frequency": times, "period": 1, "periodUnit": "d"}},
            "asNeededBoolean": False,
            "route": {"coding": [route], "text": "Oral"},
            "doseAndRate": [{"doseQuantity": quantity(1, f"{{{form}}}")}],
        }

    def order_details(self, number: int) -> Json:
        """What servers send along with an order."""
        category = {"system": f"{HL7}medicationrequest-category", "code": "inpatient", "display": "Inpatient"}
        return {
            "meta": {"versionId": "1", "lastUpdated": self.time(30)},
            "identifier": [
                {"use": "usual", "system": "urn:oid:1.2.840.114350.1.13.0.1.7.2.7", "value": f"77{number}"},
                {"use": "secondary", "system": "urn:oid:1.2.840.114350.1.13.0.1.7.3.7", "value": f"88{number}"},
            ],
            "category": [{"coding": [category], "text": "Inpatient"}],
            "priority": "routine",
            "encounter": {"reference": f"Encounter/{STAY}", "display": "Hospital Encounter"},
            "requester": {
                "reference": "Practitioner/pr-2041",
                "type": "Practitioner",
                "display": "Invented, Physician",
            },
            "recorder": {"reference": "Practitioner/pr-2041", "type": "Practitioner", "display": "Invented, Physician"},
            "courseOfTherapyType": {
                "coding": [{"system": f"{HL7}medicationrequest-course-of-therapy", "code": "acute"}]
            },
            "dispenseRequest": {
                "validityPeriod": {"start": self.time(24 * 60)},
                "numberOfRepeatsAllowed": 1,
                "quantity": quantity(30, "{each}"),
                "expectedSupplyDuration": quantity(30, "d"),
            },
        }

    def problem(self, number: int) -> Json:
        """One condition."""
        code, name = _PROBLEMS[number % len(_PROBLEMS)]
        return {
            "resourceType": "Condition",
            "id": f"con-{number}",
            "clinicalStatus": concept(f"{HL7}condition-clinical", "active"),
            "verificationStatus": concept(f"{HL7}condition-ver-status", "confirmed"),
            "category": [concept(f"{HL7}condition-category", "problem-list-item")],
            "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": code}], "text": name},
            "subject": self.subject(),
            "onsetDateTime": self.time(24 * 700)[:10],
        }

    def subject(self) -> Json:
        """The reference to the patient."""
        return {"reference": f"Patient/{PATIENT}", **({"display": "Invented, Bench"} if self.detailed else {})}

    def time(self, hours_ago: float) -> str:
        """A moment as servers write it."""
        return (self.now - timedelta(hours=hours_ago)).strftime("%Y-%m-%dT%H:%M:%SZ")


def concept(system: str, code: str) -> Json:
    """A CodeableConcept of one code."""
    return {"coding": [{"system": system, "code": code, "display": code.title()}], "text": code.title()}


def quantity(value: float, unit: str) -> Json:
    """A Quantity in UCUM."""
    return {"value": value, "unit": unit, "system": UCUM, "code": unit}


def count(body: Json, kinds: Iterable[str]) -> int:
    """How many resources of some types the prefetch holds."""
    bundles = [value for value in body["prefetch"].values() if value["resourceType"] == "Bundle"]
    return sum(entry["resource"]["resourceType"] in kinds for found in bundles for entry in found["entry"])
