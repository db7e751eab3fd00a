"""How good the record of a patient is: what is not told in it, what cannot be, what was left out."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from cds_service.backtest.asked import asked_of
from cds_service.backtest.asof import Entry
from cds_service.backtest.job import Job
from cds_service.backtest.patient_history import ORDER_KINDS, PatientHistory, medication_reference, medicine_referred
from cds_service.backtest.tally import Tally
from cds_service.backtest.times import is_possible
from cds_service.errors import JsonDict
from cds_service.fhir_json import as_dict, as_list, as_text, resource_type

FAILED = "failed"
# the kinds after which there is a call
_CALLING = frozenset({"Observation", "MedicationRequest"})


def count_data(job: Job, history: PatientHistory, resources: Iterable[JsonDict], tally: Tally) -> None:
    """Count what is wrong with a record, as far as the knowledge that is tried reads it."""
    asked = asked_of(job)
    entries = [entry for entry in history.entries if asked.is_read(entry.resource)]
    tally.count_all("undated", (e.kind for e in entries if e.known is None and e.kind != "Patient"))
    tally.count_all("impossible", (e.kind for e in entries if e.kind in _CALLING and not _is_possible(e, job.now)))
    tally.count_all("guessed_end", (e.kind for e in entries if e.guessed and e.known is not None))
    tally.count_all("status_unknown", _of_unknown_status(resources))
    tally.count("totals", "without_patient_resource", all(e.kind != "Patient" for e in entries))
    tally.count("totals", "without_birth_date", not any(as_text(e.resource.get("birthDate")) for e in entries))
    orders = [entry.resource for entry in entries if entry.kind in ORDER_KINDS]
    tally.count("totals", "orders", len(orders))
    tally.count("totals", "orders_without_medicine", sum(not _has_medicine(o, history.medications) for o in orders))


def _is_possible(entry: Entry, now: datetime | None) -> bool:
    return entry.known is None or is_possible(entry.known, now)


def _of_unknown_status(resources: Iterable[JsonDict]) -> Iterator[str]:
    """Orders and doses that may or may not have been: they are left out."""
    kinds = (str(resource_type(r)) for r in resources if r.get("status") == "unknown")
    return (kind for kind in kinds if kind in ORDER_KINDS)


def _has_medicine(order: JsonDict, medications: Mapping[str, JsonDict]) -> bool:
    """Whether an order or dose says by a code or a word what it is of, itself or by the Medication it refers to."""
    own = (order.get("medicationCodeableConcept"), as_dict(order.get("medication")).get("concept"))
    contained = (as_dict(item).get("code") for item in as_list(order.get("contained")))
    found = as_dict(medications.get(medication_reference(order))).get("code")
    return any(map(_says, (*own, found, *contained))) or bool(as_text(medicine_referred(order).get("display")))


def _says(concept: object) -> bool:
    told = as_dict(concept)
    codings = map(as_dict, as_list(told.get("coding")))
    return bool(as_text(told.get("text"))) or any(as_text(c.get("code")) or as_text(c.get("display")) for c in codings)
