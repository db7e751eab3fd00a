"""A patient's record over time, and the hook call that an EHR would have made at a moment."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from cards import KINDS
from cds_service.backtest.asof import Entry, as_of
from cds_service.backtest.hospital_units import unit_of
from cds_service.backtest.moments import SELECT, Moment
from cds_service.backtest.windows import Window
from cds_service.errors import JsonDict
from cds_service.fhir_json import as_dict, as_text

_INSTANCE = "00000000-0000-4000-8000-000000000000"
ORDER_KINDS = frozenset({"MedicationRequest", "MedicationAdministration"})
# of which the medicine may be told by another resource
_REFERRING = frozenset(kind.name for kind in KINDS.values() if kind.include)
Known = Mapping[str, list[JsonDict]]


@dataclass(frozen=True)
class PatientHistory:
    """A patient's record. `present`: the types that the export holds at all; `medications`: Medication by reference."""

    patient_id: str
    entries: tuple[Entry, ...]
    windows: tuple[Window, ...]
    present: frozenset[str]
    medications: Mapping[str, JsonDict]

    def call(self, moment: Moment, windows: tuple[Window, ...], orders: str) -> tuple[JsonDict, str]:
        """The hook call of a moment, prefetch as its templates would have found it; and the unit it came from.

        `orders`: the member of the context that holds the orders.
        """
        known = self._known(moment)
        own = next((stay for stay in known.get("Encounter", ()) if _name(stay) == moment.encounter), None)
        stay = own or _latest(known.get("Encounter", ()))
        context: JsonDict = {"userId": "Practitioner/backtest", "patientId": self.patient_id}
        if own and _is_running(own):
            context["encounterId"] = own.get("id")
        if moment.drafts:
            drafts = [{**entry.resource, "status": "draft"} for entry in moment.drafts]
            entries = [{"resource": resource} for resource in (*drafts, *self._medications_of(drafts))]
            context[orders] = {"resourceType": "Bundle", "entry": entries}
        if moment.hook == SELECT:
            context["selections"] = [f"MedicationRequest/{moment.drafts[-1].resource.get('id')}"]
        prefetch = self._prefetch(known, windows)
        call: JsonDict = {"hook": moment.hook, "hookInstance": _INSTANCE, "context": context, "prefetch": prefetch}
        return call, unit_of(stay, moment.when) if stay else ""

    def seen_by(self, windows: tuple[Window, ...]) -> "PatientHistory":
        """The same record, as other prefetch templates ask for it."""
        return replace(self, windows=windows)

    @cached_property
    def _by_code(self) -> dict[int, frozenset[str]]:
        """The windows whose codes an Observation has, by its identity: the same at every moment."""
        results = (entry.resource for entry in self.entries if entry.kind == "Observation")
        coded = [window for window in self.windows if window.codes]
        return {id(r): frozenset(window.key for window in coded if window.has_code(r)) for r in results}

    def _known(self, moment: Moment) -> Known:
        drafts = {id(entry) for entry in moment.drafts}
        known: dict[str, list[JsonDict]] = {}
        for entry in self.entries:
            if id(entry) not in drafts and (resource := as_of(entry, moment.when)) is not None:
                known.setdefault(entry.kind, []).append(resource)
        return known

    def _prefetch(self, known: Known, windows: tuple[Window, ...]) -> JsonDict:
        prefetch: JsonDict = {"patient": known["Patient"][0]} if "Patient" in known else {}
        for window in windows:
            if window.kind in self.present:
                resources = self._candidates(window, known.get(window.kind, []))
                more = self._medications_of(resources) if window.kind in _REFERRING else ()
                prefetch[window.key] = window.bundle(resources, more)
        return prefetch

    def _candidates(self, window: Window, resources: list[JsonDict]) -> list[JsonDict]:
        found = [resource for resource in resources if window.has_status(resource)]
        return [r for r in found if window.key in self._by_code.get(id(r), ())] if window.codes else found

    def _medications_of(self, orders: Iterable[JsonDict]) -> Iterator[JsonDict]:
        """The Medication resources that orders refer to, each once."""
        if self.medications:
            wanted = dict.fromkeys(medication_reference(order) for order in orders)
            yield from (self.medications[reference] for reference in wanted if reference in self.medications)


def medication_reference(order: JsonDict) -> str:
    """`Medication/id` of the medicine of an order, or ""."""
    target = as_text(medicine_referred(order).get("reference")) or ""
    return "/".join(target.split("/_history/")[0].split("/")[-2:]) if "/" in target else ""


def medicine_referred(order: JsonDict) -> JsonDict:
    """The reference to the medicine of an order, where R4 or R5 keeps it."""
    return as_dict(order.get("medicationReference") or as_dict(order.get("medication")).get("reference"))


def _name(stay: JsonDict) -> str:
    return f"Encounter/{stay.get('id')}"


def _is_running(stay: JsonDict) -> bool:
    return stay.get("status") == "in-progress"


def _latest(stays: Iterable[JsonDict]) -> JsonDict | None:
    """The running stay that began last."""
    return max(filter(_is_running, stays), key=lambda stay: str(as_dict(stay.get("period")).get("start")), default=None)
