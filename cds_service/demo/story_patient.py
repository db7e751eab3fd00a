"""A chart in shorthand as FHIR R4 resources, dated from a moment."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from cards import ICD10, LOINC, ROUTES, RXNORM, SNOMED, UCUM
from cds_service.demo.shorthand import (
    Amount,
    ToldAllergy,
    ToldCondition,
    ToldMedicine,
    ToldResult,
    ToldStay,
    ToldStory,
    ToldTest,
)
from cds_service.fhir_json import JsonDict

_HL7 = "http://terminology.hl7.org/CodeSystem"
_CLASSES = {
    "inpatient": ("IMP", "inpatient encounter"),
    "ambulatory": ("AMB", "ambulatory"),
    "emergency": ("EMER", "emergency"),
}
_ROUTES = {
    **ROUTES,
    "subcutaneous": ("34206005", "Subcutaneous route"),
}


@dataclass(frozen=True, slots=True)
class _Analyte:
    code: str
    display: str
    unit: str
    category: str = "laboratory"


ANALYTES = {
    "magnesium": _Analyte("19123-9", "Magnesium [Mass/volume] in Serum or Plasma", "mg/dL"),
    "magnesium_molar": _Analyte("2601-3", "Magnesium [Moles/volume] in Serum or Plasma", "mmol/L"),
    "potassium": _Analyte("2823-3", "Potassium [Moles/volume] in Serum or Plasma", "mmol/L"),
    "calcium": _Analyte("17861-6", "Calcium [Mass/volume] in Serum or Plasma", "mg/dL"),
    "calcium_molar": _Analyte("2000-8", "Calcium [Moles/volume] in Serum or Plasma", "mmol/L"),
    "albumin": _Analyte("1751-7", "Albumin [Mass/volume] in Serum or Plasma", "g/L"),
    "creatinine": _Analyte("2160-0", "Creatinine [Mass/volume] in Serum or Plasma", "mg/dL"),
    "creatinine_molar": _Analyte("14682-9", "Creatinine [Moles/volume] in Serum or Plasma", "umol/L"),
    "egfr": _Analyte("98979-8", "Glomerular filtration rate (CKD-EPI 2021)/1.73 sq M", "mL/min/{1.73_m2}"),
    "qtc": _Analyte("76634-5", "Q-T interval corrected by Fridericia formula", "ms", "procedure"),
}


@dataclass(frozen=True, slots=True)
class StoryPatient:
    """The patient whose resources are made, and the moment they are dated from."""

    patient_id: str
    now: datetime

    def resources(self, told: ToldStory) -> Iterator[JsonDict]:
        """Patient, encounter, conditions, results, medicines, ordered tests, allergies."""
        yield self._patient(told)
        if told.stay:
            yield self._encounter(told.stay)
        for number, condition in enumerate(told.conditions, 1):
            yield self._condition(number, condition)
        for name, results in told.results.items():
            for number, result in enumerate(results, 1):
                yield self._observation(f"{name.replace('_', '-')}-{number}", ANALYTES[name], result)
        for number, medicine in enumerate(told.medicines, 1):
            yield self._given(number, medicine) if medicine.given else self._order(number, medicine)
        for number, test in enumerate(told.tests, 1):
            yield self._test(number, test)
        for number, allergy in enumerate(told.allergies, 1):
            yield self._allergy(number, allergy)

    def _made(self, kind: str, name: str, **elements: object) -> JsonDict:
        return {
            "resourceType": kind,
            "id": f"{self.patient_id}-{name}",
            **{key: value for key, value in elements.items() if value is not None},
            "subject": {"reference": f"Patient/{self.patient_id}"},
        }

    def _ago(self, age: timedelta) -> str:
        return (self.now - age).isoformat(timespec="seconds")

    def _patient(self, told: ToldStory) -> JsonDict:
        return {
            "resourceType": "Patient",
            "id": self.patient_id,
            "name": [{"use": "official", "family": "Demo", "given": [told.given]}],
            "gender": told.patient.sex,
            # half a year more, so that the age in years is the one told
            "birthDate": (self.now - told.patient.age - _half_a_year(told.patient.age)).date().isoformat(),
        }

    def _encounter(self, told: ToldStay) -> JsonDict:
        code, display = _CLASSES[told.setting]
        return self._made(
            "Encounter",
            "stay",
            status="in-progress",
            **{"class": {"system": f"{_HL7}/v3-ActCode", "code": code, "display": display}},
            period={"start": self._ago(told.since)},
        )

    def _condition(self, number: int, told: ToldCondition) -> JsonDict:
        system = SNOMED if told.code.isdigit() else ICD10
        return self._made(
            "Condition",
            f"condition-{number}",
            clinicalStatus=_hl7("condition-clinical", "active"),
            verificationStatus=_hl7("condition-ver-status", "confirmed"),
            category=[_hl7("condition-category", "problem-list-item")],
            code=_concept(system, told.code, told.text),
            onsetDateTime=self._ago(told.since),
        )

    def _observation(self, name: str, analyte: _Analyte, told: ToldResult) -> JsonDict:
        return self._made(
            "Observation",
            name,
            status=told.status,
            category=[_hl7("observation-category", analyte.category)],
            code=_concept(LOINC, analyte.code, analyte.display),
            effectiveDateTime=self._ago(told.ago),
            valueQuantity=_quantity((told.value, analyte.unit)),
            note=[{"text": told.note}] if told.note else None,
        )

    def _order(self, number: int, told: ToldMedicine) -> JsonDict:
        return self._made(
            "MedicationRequest",
            f"order-{number}",
            status=told.status,
            intent="order",
            category=[_hl7("medicationrequest-category", told.goes)] if told.goes else None,
            medicationCodeableConcept=_concept(RXNORM, told.rxcui, told.text),
            authoredOn=self._ago(told.since),
            dosageInstruction=[{**_dosage(told), **self._timing(told)}],
        )

    def _given(self, number: int, told: ToldMedicine) -> JsonDict:
        end = {"end": self._ago(told.until)} if told.until is not None else {}
        return self._made(
            "MedicationAdministration",
            f"given-{number}",
            status=told.given,
            medicationCodeableConcept=_concept(RXNORM, told.rxcui, told.text),
            effectivePeriod={"start": self._ago(told.since), **end},
            dosage={**_dosage(told), **_amounts(told, "dose", "rateQuantity")},
        )

    def _test(self, number: int, told: ToldTest) -> JsonDict:
        analyte = ANALYTES[told.analyte]
        return self._made(
            "ServiceRequest",
            f"test-{number}",
            status="active",
            intent="order",
            code=_concept(LOINC, analyte.code, analyte.display),
            authoredOn=self._ago(timedelta(hours=2)),
            occurrenceDateTime=(self.now + told.due).date().isoformat(),
        )

    def _allergy(self, number: int, told: ToldAllergy) -> JsonDict:
        return {
            "resourceType": "AllergyIntolerance",
            "id": f"{self.patient_id}-allergy-{number}",
            "clinicalStatus": _hl7("allergyintolerance-clinical", "active"),
            "verificationStatus": _hl7("allergyintolerance-verification", "confirmed"),
            "type": "allergy",
            "category": ["medication"],
            "code": _concept(RXNORM, told.rxcui, told.text),
            "patient": {"reference": f"Patient/{self.patient_id}"},
            "recordedDate": self._ago(told.since),
            "reaction": [{"manifestation": [{"text": told.reaction}]}],
        }

    def _timing(self, told: ToldMedicine) -> JsonDict:
        repeat: JsonDict = {"frequency": told.per_day, "period": 1, "periodUnit": "d"} if told.per_day else {}
        if told.until is not None:
            repeat["boundsPeriod"] = {"start": self._ago(told.since), "end": self._ago(told.until)}
        doses = _amounts(told, "doseQuantity", "rateQuantity")
        return {**({"timing": {"repeat": repeat}} if repeat else {}), **({"doseAndRate": [doses]} if doses else {})}


def _half_a_year(age: timedelta) -> timedelta:
    return timedelta(days=182) if age >= timedelta(days=366) else timedelta()


def _dosage(told: ToldMedicine) -> JsonDict:
    return {"text": told.sig, "route": _concept(SNOMED, *_ROUTES[told.route])}


def _amounts(told: ToldMedicine, dose: str, rate: str) -> JsonDict:
    amounts = {dose: told.dose, rate: told.rate}
    return {name: _quantity(amount) for name, amount in amounts.items() if amount}


def _quantity(amount: Amount) -> JsonDict:
    value, unit = amount
    return {"value": value, "unit": unit.strip("{}"), "system": UCUM, "code": unit}


def _concept(system: str, code: str, display: str) -> JsonDict:
    return {"coding": [{"system": system, "code": code, "display": display}], "text": display}


def _hl7(code_system: str, code: str) -> JsonDict:
    return {"coding": [{"system": f"{_HL7}/{code_system}", "code": code}]}
