"""A patient's record over time, and the hook call that an EHR would have made at a moment."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from cards import KINDS
from cds_service.backtest.asof import Entry, State, states_of
from cds_service.backtest.hospital_units import unit_of
from cds_service.backtest.moments import SELECT, Moment
from cds_service.backtest.windows import Window
from cds_service.errors import JsonDict
from cds_service.fhir_json import as_dict, as_text

_INSTANCE = "00000000-0000-4000-8000-000000000000"
ORDER_KINDS = frozenset({"MedicationRequest", "MedicationAdministration"})
# of which the medicine may be told by another resource
_REFERRING = frozenset(kind.name for kind in KINDS.values() if kind.include)


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
        stays = self._shown("Encounter", moment.when)
        own = next((stay for stay in stays if _name(stay) == moment.encounter), None)
        stay = own or _latest(stays)
        context: JsonDict = {"userId": "Practitioner/backtest", "patientId": self.patient_id}
        if own and _is_running(own):
            context["encounterId"] = own.get("id")
        if moment.drafts:
            drafts = [{**entry.resource, "status": "draft"} for entry in moment.drafts]
            entries = [{"resource": resource} for resource in (*drafts, *self._medications_of(drafts))]
            context[orders] = {"resourceType": "Bundle", "entry": entries}
        if moment.hook == SELECT:
            context["selections"] = [f"MedicationRequest/{moment.drafts[-1].resource.get('id')}"]
        prefetch = self._prefetch(moment, windows)
        call: JsonDict = {"hook": moment.hook, "hookInstance": _INSTANCE, "context": context, "prefetch": prefetch}
        return call, unit_of(stay, moment.when) if stay else ""

    def seen_by(self, windows: tuple[Window, ...]) -> "PatientHistory":
        """The same record, as other prefetch templates ask for it."""
        return replace(self, windows=windows)

    @cached_property
    def _states(self) -> Mapping[str, list[State]]:
        """What a record system would have shown at any moment, by type."""
        found: dict[str, list[State]] = {}
        for entry in self.entries:
            found.setdefault(entry.kind, []).extend(states_of(entry))
        return found

    @cached_property
    def _found(self) -> dict[Window, list[State]]:
        """What the windows find, whenever they are asked: sorted once, for all moments."""
        return {}

    def _found_by(self, window: Window) -> list[State]:
        if window not in self._found:
            self._found[window] = window.newest_first(self._states.get(window.kind, ()))
        return self._found[window]

    def _shown(self, kind: str, when: datetime) -> list[JsonDict]:
        """The resources of a type at a moment."""
        return [state.resource for state in self._states.get(kind, ()) if state.since <= when < state.until]

    def _prefetch(self, moment: Moment, windows: tuple[Window, ...]) -> JsonDict:
        when, drafts = moment.when, {id(entry) for entry in moment.drafts}
        patient = self._shown("Patient", when)
        prefetch: JsonDict = {"patient": patient[0]} if patient else {}
        for window in windows:
            if window.kind in self.present:
                states = (s for s in self._found_by(window) if s.since <= when < s.until and id(s.entry) not in drafts)
                more = self._medications_of if window.kind in _REFERRING else _nothing
                prefetch[window.key] = window.bundle((state.resource for state in states), more)
        return prefetch

    def _medications_of(self, orders: Iterable[JsonDict]) -> Iterator[JsonDict]:
        """The Medication resources that orders refer to, each once."""
        if self.medications:
            wanted = dict.fromkeys(medication_reference(order) for order in orders)
            yield from (self.medications[reference] for reference in wanted if reference in self.medications)


def _nothing(_: Iterable[JsonDict]) -> Iterable[JsonDict]:
    return ()


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
