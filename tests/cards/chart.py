"""Charts in shorthand, as the case files write them, turned into FHIR resources and a Snapshot at a fixed moment.

See `cases/README.md` for the shorthand.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from importlib.resources import files
from itertools import count
from pathlib import Path
from typing import Any, Protocol

import cards
from cards import INPUTS, SERVICES, Knowledge, Memory, Snapshot
from cards.chart import inputs
from cards.model import Decision
from tests.told import told_in

Json = dict[str, Any]
Chart = Mapping[str, Any]

ABOUT = {service.hook: service.about for service in SERVICES}
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
CASES = Path(__file__).parent / "cases"
PROTOCOLS = Path(__file__).parents[2] / "docs" / "site" / "protocols"
INVENTED = Path(__file__).parent / "protocols"
LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"
RXNORM, SNOMED = "http://www.nlm.nih.gov/research/umls/rxnorm", "http://snomed.info/sct"
CPT = "http://www.ama-assn.org/go/cpt"
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
ATC = "http://www.whocc.no/atc"
# a system that no table of ours knows
LOCAL = "urn:oid:2.999.9"
# analyte: LOINC, default unit; of any other the first of its file in knowledge/codes/analytes
_ANALYTES = {
    "magnesium": ("19123-9", "mg/dL"),
    "magnesium_red_cells": ("2597-3", "mmol/L"),
    "creatinine": ("2160-0", "mg/dL"),
    "egfr": ("98979-8", "mL/min/{1.73_m2}"),
    "potassium": ("2823-3", "mmol/L"),
    "calcium": ("17861-6", "mg/dL"),
    "calcium_corrected": ("46099-8", "mg/dL"),
    "qtc": ("76634-5", "ms"),
    "urine_magnesium": ("19124-7", "mg/dL"),
    "urine_magnesium_24h": ("24447-5", "mg/(24.h)"),
    "urine_creatinine": ("2161-8", "mg/dL"),
    "systolic_pressure": ("8480-6", "mm[Hg]"),
    "mean_pressure": ("8478-0", "mm[Hg]"),
    "respiratory_rate": ("9279-1", "/min"),
    "heart_rate": ("8867-4", "/min"),
    "weight": ("29463-7", "kg"),
    "pregnancy_status": ("82810-3", ""),
    "pregnancy_test": ("2118-8", ""),
    "delivery_date": ("11778-8", ""),
    "gestational_age": ("18185-9", "wk"),
}
_ROUTES = {"oral": "26643006", "intravenous": "47625008"}
_ICD = re.compile(r"[A-Z]\d[0-9A-Z](\.\w+)?\Z")


@cache
def knowledge() -> Knowledge:
    """The shipped knowledge, read once."""
    return cards.load_knowledge(files("cards.knowledge"))


@cache
def known_by(protocol: str, approved: bool = False, otherwise: str = "shipped") -> Knowledge:
    """The knowledge of a site that names a worked or invented protocol, signed or not, and what holds of others."""
    file = next(path for folder in (PROTOCOLS, INVENTED) if (path := folder / protocol).exists())
    text = file.read_text(encoding="utf-8") + f"otherwise: {otherwise}\n"
    text += "approved: {by: Jane Example, role: PharmD, date: 2027-01-15}\n" if approved else ""
    return cards.load_knowledge(files("cards.knowledge"), f"protocol: {protocol}\n", files={protocol: text})


def knowledge_of(chart: Chart) -> Knowledge:
    """The knowledge that a case is decided by."""
    told = chart.get("protocol")
    more = (chart.get("protocol_signed", False), chart.get("protocol_otherwise", "shipped"))
    return known_by(f"{told}.yaml", *more) if told else knowledge()


class Remembers(Memory, Protocol):
    """A memory that can be told what was shown, as a service tells it once the cards are sent."""

    def show(self, names: Sequence[str], at: datetime) -> None:
        """Remember it."""


def decide(
    snapshot: Snapshot, now: datetime = NOW, memory: Remembers | None = None, known: Knowledge | None = None
) -> Decision:
    """The decision with ids that count; what its cards show is remembered, as by a service that sends them."""
    numbers = count(1)
    decision = cards.decide(
        snapshot, known or knowledge(), now, lambda: f"00000000-0000-4000-8000-{next(numbers):012d}", memory
    )
    if memory and decision.known_by:
        memory.show(decision.known_by, now)
    return decision


def _urls(chart: Chart) -> tuple[str, ...]:
    """The fullUrls of the drafts; none where no case gives any."""
    urls = tuple(d.get("url", "") if isinstance(d, dict) else "" for d in chart.get("drafts", ()))
    return urls if any(urls) else ()


def snapshot(chart: Chart) -> Snapshot:
    """The chart as the core takes it."""
    drafts = [_order(f"draft-{n}", d, "draft") for n, d in enumerate(chart.get("drafts", ()), 1)]
    hook = chart.get("hook", "order-sign" if drafts else "patient-view")
    named = (f"MedicationRequest/{d['id']}" for d, t in _together(drafts, chart) if t.get("selected", True))
    chosen = chart.get("selections", named)
    return Snapshot(
        hook=hook,
        about=ABOUT[hook],
        patient_id="p1",
        resources=_resources(chart),
        missing=frozenset((*chart.get("missing", ()), *chart.get("failed", ()))),
        failed=frozenset(chart.get("failed", ())),
        partial=frozenset(chart.get("partial", ())),
        patient_unknown=chart.get("patient_unknown", False),
        foreign=chart.get("foreign", {}),
        foreign_drafts=chart.get("foreign_drafts", 0),
        drafts=drafts,
        draft_urls=_urls(chart),
        selections=frozenset(chosen) if hook == "order-select" else None,
        encounter_id="e1" if "setting" in chart else None,
        has_user=chart.get("user", True),
        user="Practitioner/1" if chart.get("user", True) else "",
    )


def ago(hours: float, now: datetime = NOW) -> str:
    """A FHIR dateTime so many hours before now."""
    return (now - timedelta(hours=hours)).isoformat()


def _together(drafts: list[Json], chart: Chart) -> Iterator[tuple[Json, Chart]]:
    return zip(drafts, map(_mapping, chart.get("drafts", ())), strict=True)


def _resources(chart: Chart) -> dict[str, list[Json]]:
    found: dict[str, list[Json]] = {asked.key: [] for asked in (*INPUTS, *inputs.IF_SENT)}
    found["patient"] = [_patient(chart.get("patient", {}))]
    if chart.get("setting"):
        found["encounters"] = [_encounter(chart["setting"], chart.get("admitted_hours_ago", 48))]
        if "disposition" in chart:
            told = chart["disposition"]
            concept = {"text": told} if " " in told else {"coding": [{"code": told}]}
            found["encounters"][0] |= {"status": "finished", "hospitalization": {"dischargeDisposition": concept}}
    results = [("magnesium", m) for m in _listed(chart.get("magnesium"))]
    results += [(name, told) for name, entry in chart.get("labs", {}).items() for told in _results(entry)]
    for number, (name, told) in enumerate(results, 1):
        found[_key_of(name)].append(observation(f"o{number}", name, told))
    for number, told in enumerate(map(_mapping, chart.get("medications", ())), 1):
        resource = _administration if told.get("given") else _order
        key = "administrations" if told.get("given") else "medications"
        found[key].append(resource(f"m{number}", told, "active"))
    found["conditions"] = [_condition(f"c{n}", c) for n, c in enumerate(chart.get("conditions", ()), 1)]
    found["ordered_tests"] = [_test_order(f"t{n}", t) for n, t in enumerate(chart.get("tests", ()), 1)]
    found["procedures"] = [_procedure(f"pr{n}", p) for n, p in enumerate(chart.get("procedures", ()), 1)]
    found["nutrition_orders"] = [_nutrition(f"nu{n}", o) for n, o in enumerate(chart.get("nutrition", ()), 1)]
    found["devices"] = [_device(f"de{n}", d) for n, d in enumerate(chart.get("devices", ()), 1)]
    for key, listed in chart.get("resources", {}).items():
        found.setdefault(key, []).extend(
            {"id": f"{key}-{n}", "subject": {"reference": "Patient/p1"}, **r} for n, r in enumerate(listed, 1)
        )
    found["allergies"] = [_allergy(f"a{n}", a) for n, a in enumerate(chart.get("allergies", ()), 1)]
    absent = (*chart.get("missing", ()), *chart.get("failed", ()))
    return {key: [] if key in absent else listed for key, listed in found.items()}


def _coded(told: Any) -> Json:
    """Words, or a code: of SNOMED CT, of CPT (`cpt`), of a system that nobody knows (`local`)."""
    told = _mapping(told)
    for key, system in (("code", SNOMED), ("cpt", CPT), ("local", LOCAL)):
        if key in told:
            return {"coding": [{"system": system, "code": str(told[key])}]}
    return {"text": told["text"]}


def _procedure(ident: str, told: Any) -> Json:
    """Something done: words or a code, `status`, `hours`/`days` since (its end), or none."""
    told = _mapping(told)
    since = _hours(told)
    when = {} if since is None else {"performedPeriod": {"start": ago(since + 4), "end": ago(since)}}
    made = {"resourceType": "Procedure", "id": ident, "status": told.get("status", "completed")}
    return {**made, "code": _coded(told), "subject": {"reference": "Patient/p1"}, **when}


def _nutrition(ident: str, told: Any) -> Json:
    """An order of food: a `note` (or words alone), `diet`, `formula`, `hours`/`days` since, `status`."""
    told = _mapping(told, "note")
    made = {"resourceType": "NutritionOrder", "id": ident, "status": told.get("status", "active")}
    made |= {"oralDiet": {"type": [_coded(told["diet"])]}} if "diet" in told else {}
    made |= {"enteralFormula": {"baseFormulaType": {"text": told["formula"]}}} if "formula" in told else {}
    made |= {"note": [{"text": told["note"]}]} if "note" in told else {}
    return {**made, "patient": {"reference": "Patient/p1"}, "dateTime": ago(_hours(told) or 1)}


def _device(ident: str, told: Any) -> Json:
    told = _mapping(told)
    made = {"resourceType": "Device", "id": ident, "status": told.get("status", "active"), "type": _coded(told)}
    return {**made, "patient": {"reference": "Patient/p1"}}


def _allergy(ident: str, told: Any) -> Json:
    """An entry of the allergy list; keys as in cases/README.md."""
    told = _mapping(told)
    systems = {"rxcui": RXNORM, "atc": ATC, "snomed": SNOMED, "local": LOCAL}
    codings = [{"system": systems[key], "code": str(told[key])} for key in systems if key in told]
    codings += [{"display": told["shown"]}] if "shown" in told else []
    seen = [{"manifestation": [{"text": reaction}]} for reaction in _several(told.get("reaction", []))]
    made: Json = {
        "resourceType": "AllergyIntolerance",
        "id": ident,
        "patient": {"reference": "Patient/p1"},
        "code": {**({"text": told["text"]} if "text" in told else {}), **({"coding": codings} if codings else {})},
        "reaction": seen,
    }
    made |= {key: told[key] for key in ("type", "category") if key in told}
    for key, name in (("status", "clinicalStatus"), ("verified", "verificationStatus")):
        if key in told:
            made[name] = {"coding": [{"code": told[key]}]}
    return made


def _several(told: Any) -> list[Any]:
    return told if isinstance(told, list) else [told]


def _test_order(ident: str, told: Chart) -> Json:
    """A test that is ordered: its `analyte`, and `in_days` when it is due; or care that is ordered, in its `text`."""
    if "text" in told:
        care = {
            "resourceType": "ServiceRequest",
            "id": ident,
            "status": told.get("status", "active"),
            "intent": "order",
        }
        authored = ago(_hours(told) or 1)
        return {**care, "code": {"text": told["text"]}, "subject": {"reference": "Patient/p1"}, "authoredOn": authored}
    return {
        "resourceType": "ServiceRequest",
        "id": ident,
        "status": "active",
        "intent": "order",
        "code": {"coding": [{"system": LOINC, "code": written(told["analyte"])[0]}]},
        "subject": {"reference": "Patient/p1"},
        "authoredOn": ago(1),
        "occurrenceDateTime": ago(-24 * told["in_days"])[:10],
    }


def written(analyte: str) -> tuple[str, str]:
    """The LOINC code and the unit that a result of an analyte is written with."""
    if analyte in _ANALYTES:
        return _ANALYTES[analyte]
    codes = [code for system, code in knowledge().terminology.codes_of([analyte]) if system == LOINC]
    units = [unit.shown for unit in knowledge().units.by_analyte.get(analyte, {}).values() if unit.factor == 1]
    assert codes, f"codes/analytes has no LOINC code of {analyte}"
    assert units, f"codes/analytes has no unit of {analyte}"
    return codes[0], units[0]


def _key_of(analyte: str) -> str:
    """The key that asks for an analyte; what nobody asks for comes along with magnesium."""
    terms = knowledge().terminology
    return {**terms.asked, **terms.told}.get(analyte, "magnesium")


def _patient(told: Chart) -> Json:
    patient: Json = {"resourceType": "Patient", "id": "p1"}
    if told.get("sex", "female"):
        patient["gender"] = told.get("sex", "female")
    if told.get("days") is not None:
        patient["birthDate"] = (NOW - timedelta(days=told["days"])).date().isoformat()
    elif told.get("age", 60) is not None:
        patient["birthDate"] = NOW.replace(year=NOW.year - told.get("age", 60), month=6).date().isoformat()
    return patient | told.get("fhir", {})


def _encounter(setting: str, admitted_hours_ago: float) -> Json:
    code = {"inpatient": "IMP", "emergency": "EMER", "ambulatory": "AMB"}[setting]
    return {
        "resourceType": "Encounter",
        "id": "e1",
        "status": "in-progress",
        "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": code},
        "subject": {"reference": "Patient/p1"},
        "period": {"start": ago(admitted_hours_ago)},
    }


def observation(ident: str, analyte: str, told: Chart) -> Json:
    """A result: `value`, and `unit`, `hours_ago`, `status`, `comparator`, `range`, `note`, `code` where they matter."""
    code, unit = written(analyte)
    unit = told.get("unit", unit)
    made: Json = {
        "resourceType": "Observation",
        "id": ident,
        "status": told.get("status", "final"),
        "code": {"coding": [{"system": LOINC, "code": told.get("code", code)}]},
        "subject": {"reference": "Patient/p1"},
    }
    if told.get("hours_ago", 2) is not None:
        made["effectiveDateTime"] = ago(told.get("hours_ago", 2))
    if told.get("value") is not None:
        made["valueQuantity"] = _quantity(told["value"], unit)
    if "comparator" in told:
        made["valueQuantity"]["comparator"] = told["comparator"]
    if "range" in told:
        side = {s: _quantity(told["range"][s], told["range"].get("unit", unit)) for s in ("low", "high")}
        made["referenceRange"] = [side]
    if "note" in told:
        made["note"] = [{"text": told["note"]}]
    made |= _no_quantity(told)
    if "absent" in told:
        made["dataAbsentReason"] = {"text": told["absent"]}
    return made


def _no_quantity(told: Chart) -> Json:
    """A value that is a code, words or a date."""
    made: Json = {}
    if "coded" in told:
        made["valueCodeableConcept"] = {"coding": [{"system": SNOMED, "code": str(told["coded"])}]}
    if "words" in told:
        made["valueCodeableConcept"] = {"text": told["words"]}
    if "in_days" in told:
        made["valueDateTime"] = ago(-24 * told["in_days"])[:10]
    return made


def _quantity(value: float, unit: str | None) -> Json:
    return {"value": value, **({"unit": unit, "system": UCUM, "code": unit} if unit else {})}


def _results(entry: Any) -> Iterator[Chart]:
    """A number; [number, unit]; [number, unit, hours ago]; a mapping; or a list of mappings."""
    if isinstance(entry, Mapping):
        yield entry
    elif isinstance(entry, list) and isinstance(entry[0], Mapping):
        yield from entry
    else:
        values = entry if isinstance(entry, list) else [entry]
        yield {k: v for k, v in zip(("value", "unit", "hours_ago"), values, strict=False) if v is not None}


def _listed(told: Any) -> list[Chart]:
    if told is None:
        return []
    return list(told) if isinstance(told, list) else [_mapping(told, "value")]


def _mapping(told: Any, key: str = "text") -> Chart:
    return told if isinstance(told, Mapping) else {key: told}


def _order(ident: str, told: Any, status: str) -> Json:
    told = _mapping(told)
    made: Json = {
        "resourceType": "MedicationRequest",
        "id": ident,
        "status": told.get("status", status),
        "intent": told.get("intent", "order"),
        "medicationCodeableConcept": _concept(told),
        "subject": {"reference": "Patient/p1"},
    }
    if (since := _hours(told)) is not None:
        made["authoredOn"] = ago(since)
    if "valid_until_days" in told:
        made["dispenseRequest"] = {"validityPeriod": {"end": ago(told["valid_until_days"] * 24)}}
    if "reason" in told:
        made["reasonCode"] = [_reason(told["reason"])]
    if "prior" in told:
        made["priorPrescription"] = {"reference": f"MedicationRequest/{told['prior']}"}
    made |= _home(told)
    if dosages := list(_dosages(told)):
        made["dosageInstruction"] = dosages
    if "do_not_perform" in told:
        made["doNotPerform"] = told["do_not_perform"]
    return made | told.get("fhir", {})


def _home(told: Chart) -> Json:
    """Whether it goes home: `category` discharge or community, or `reported`."""
    category: Json = {"category": [{"coding": [{"code": told["category"]}]}]} if "category" in told else {}
    return category | ({"reportedBoolean": True} if told.get("reported") else {})


def _reason(told: str) -> Json:
    system = ICD10 if _ICD.match(told) else SNOMED if told.isdigit() else ""
    return {"coding": [{"system": system, "code": told}]} if system else {"text": told}


def _administration(ident: str, told: Chart, _: str) -> Json:
    since = ago(_hours(told) or 0)
    ended = {"effectivePeriod": {"start": since, "end": ago(told["until_hours"])}} if "until_hours" in told else None
    return {
        "resourceType": "MedicationAdministration",
        "id": ident,
        "status": told.get("status", "completed"),
        "medicationCodeableConcept": _concept(told),
        "subject": {"reference": "Patient/p1"},
        **(ended or {"effectiveDateTime": since}),
        "dosage": next(_dosages(told), {}),
    }


def _concept(told: Chart) -> Json:
    concept: Json = {"text": told["text"]} if "text" in told else {}
    if "rxcui" in told:
        concept["coding"] = [{"system": RXNORM, "code": str(told["rxcui"])}]
    if "local" in told:
        concept["coding"] = [{"system": LOCAL, "code": str(told["local"])}]
    return concept


def _hours(told: Chart) -> float | None:
    return told["days"] * 24 if "days" in told else told.get("hours")


def _dosages(told: Chart) -> Iterator[Json]:
    """One dosage a dose: `dose: [4, g]`, `rate: [1, g/h]`, `per_day: 2`, `route`, `sig`, `until_hours`, `dosage`."""
    made: Json = {}
    if "sig" in told:
        made["text"] = told["sig"]
    if "route" in told:
        made["route"] = {"coding": [{"system": SNOMED, "code": _ROUTES[told["route"]]}]}
    entry = {f"{k}Quantity": _quantity(*told[k]) for k in ("dose", "rate") if k in told}
    if entry:
        made["doseAndRate"] = [entry]
    repeat: Json = {"frequency": told["per_day"], "period": 1, "periodUnit": "d"} if "per_day" in told else {}
    if "until_hours" in told:
        repeat["boundsPeriod"] = {"end": ago(told["until_hours"])}
    if repeat:
        made["timing"] = {"repeat": repeat}
    made |= told.get("dosage", {})
    if made:
        yield made


def _condition(ident: str, told: Any) -> Json:
    told = _mapping(told, "code")
    word = str(told.get("code", ""))
    system = ICD10 if _ICD.match(word) else SNOMED if word.isdigit() else ""
    concept: Json = {"coding": [{"system": system, "code": word}]} if system else {"text": told.get("text", word)}
    if "local" in told:
        concept = {"coding": [{"system": LOCAL, "code": str(told["local"])}]}
    if "shown" in told:
        concept["coding"] = [*concept.get("coding", ()), {"display": told["shown"]}]
    made: Json = {
        "resourceType": "Condition",
        "id": ident,
        "clinicalStatus": {"coding": [{"code": told.get("status", "active")}]},
        "verificationStatus": {"coding": [{"code": told.get("verified", "confirmed")}]},
        "code": concept,
        "subject": {"reference": "Patient/p1"},
    }
    if "hours" in told or "days" in told:
        made["onsetDateTime"] = ago(_hours(told) or 0)
    if "onset" in told:
        made["onsetDateTime"] = told["onset"]
    if "recorded_days" in told:
        made["recordedDate"] = ago(told["recorded_days"] * 24)
    if "encounter" in told:
        made["encounter"] = {"reference": f"Encounter/{told['encounter']}"}
    if "category" in told:
        made["category"] = [{"coding": [{"code": told["category"]}]}]
    return made


def case_files() -> list[Path]:
    """The case files, one a rule."""
    return sorted(CASES.rglob("*.yaml"))


def cases(paths: Iterable[Path] | None = None) -> Iterator[tuple[str, Json]]:
    """(rule, case) of every file, each case's chart completed by the chart of its file."""
    for path in case_files() if paths is None else paths:
        told = told_in(path)
        for case in told["cases"]:
            yield told["rule"], {**case, "chart": _completed(told.get("chart", {}), case.get("chart", {}))}


def _completed(basis: Chart, own: Chart) -> Json:
    deep = {k: {**basis[k], **own[k]} for k in ("labs", "patient") if k in basis and k in own}
    return {**basis, **own, **deep}
