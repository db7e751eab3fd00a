"""The moments at which an EHR would have called: a chart opened, orders chosen, signed or renewed, going home."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby

from cds_service.backtest.asof import Entry, encounter_of
from cds_service.backtest.times import is_possible
from cds_service.backtest.windows import CodeKey, code_keys, has_code
from cds_service.errors import JsonDict
from cds_service.fhir_json import as_dict, as_text

# The chart is opened so long after a result was filed; what is filed until then is seen in the same opening.
OPENED_AFTER = timedelta(minutes=15)
# Discharge is called while the stay still runs.
HOME_BEFORE_END = timedelta(minutes=1)
VIEW, SELECT, SIGN = "patient-view", "order-select", "order-sign"
HOME, REFILL = "encounter-discharge", "medication-refill"
HOOKS = (VIEW, SELECT, SIGN, HOME, REFILL)
USUAL_HOOKS = (VIEW, SIGN)
_LEFT = frozenset({"finished", "completed", "discharged"})
_HOSPITAL = "inpatient"
_SIGNED_INTENTS = frozenset({"order", "original-order", "reflex-order", None})


@dataclass(frozen=True, slots=True)
class Moment:
    """One call: when, on which hook, in which stay (`Encounter/id` or ""), with which orders.

    The orders are those being signed or renewed, or those on the pad, of which the last is being chosen.
    """

    when: datetime
    hook: str
    encounter: str = ""
    drafts: tuple[Entry, ...] = ()

    @property
    def key(self) -> tuple[datetime, str, int]:
        """What no other moment of the patient has."""
        return self.when, self.hook, len(self.drafts)


@dataclass(frozen=True, slots=True)
class Asked:
    """Which moments count: `openings`, codes after which the chart is opened; of these hooks; none after `now`.

    `is_admitted`: whether an Encounter is a stay from which a patient goes home.
    """

    openings: Collection[CodeKey]
    is_admitted: Callable[[JsonDict], bool]
    now: datetime | None = None
    hooks: Collection[str] = USUAL_HOOKS


def moments(entries: Iterable[Entry], asked: Asked) -> list[Moment]:
    """The moments of a patient, in order of time; none at a time that cannot be."""
    listed = [entry for entry in entries if entry.known is not None and is_possible(entry.known, asked.now)]
    makers = {VIEW: _openings, SELECT: _choices, SIGN: _signings, HOME: _leavings, REFILL: _renewals}
    found = [moment for hook in HOOKS if hook in asked.hooks for moment in makers[hook](listed, asked)]
    return sorted(found, key=lambda moment: moment.key)


def _openings(entries: Iterable[Entry], asked: Asked) -> Iterator[Moment]:
    results = sorted(
        (entry.known, encounter_of(entry.resource))
        for entry in entries
        if entry.known and entry.kind == "Observation" and has_code(entry.resource.get("code"), asked.openings)
    )
    opened: datetime | None = None
    for filed, encounter in results:
        if opened is None or filed > opened:
            opened = filed + OPENED_AFTER
            yield Moment(opened, VIEW, encounter)


def _signings(entries: Iterable[Entry], _: Asked) -> Iterator[Moment]:
    """Orders written at the same time are signed together."""
    return _together(SIGN, _orders(entries))


def _choices(entries: Iterable[Entry], asked: Asked) -> Iterator[Moment]:
    """Before they are signed orders are chosen one after the other; those chosen before are on the pad."""
    for signing in _signings(entries, asked):
        for number in range(len(signing.drafts)):
            yield replace(signing, hook=SELECT, drafts=signing.drafts[: number + 1])


def _leavings(entries: Iterable[Entry], asked: Asked) -> Iterator[Moment]:
    """A stay that is over and tells when it ended; one at a time."""
    ends: dict[datetime, Entry] = {}
    for stay in _stays(entries, asked):
        if stay.ended and not stay.guessed and stay.resource.get("status") in _LEFT:
            ends.setdefault(stay.ended, stay)
    for ended, stay in ends.items():
        if is_possible(ended, asked.now):
            yield Moment(ended - HOME_BEFORE_END, HOME, _name(stay))


def _stays(entries: Iterable[Entry], asked: Asked) -> Iterator[Entry]:
    return (entry for entry in entries if entry.kind == "Encounter" and asked.is_admitted(entry.resource))


def _name(stay: Entry) -> str:
    return f"Encounter/{stay.resource.get('id')}"


def _renewals(entries: Iterable[Entry], asked: Asked) -> Iterator[Moment]:
    """Orders outside hospital that name the prescription before, or follow one of the same medicine on a later day."""
    listed = list(entries)
    admitted = set(map(_name, _stays(listed, asked)))
    outside = [o for o in _orders(listed) if encounter_of(o.resource) not in admitted and not _is_of_hospital(o)]
    first: dict[object, date] = {}
    for order in outside:
        for name in _medicine(order.resource):
            first.setdefault(name, _when(order).date())
    return _together(REFILL, [order for order in outside if _is_renewed(order, first)])


def _is_renewed(order: Entry, first: Mapping[object, date]) -> bool:
    begun = min((first[name] for name in _medicine(order.resource)), default=date.max)
    return "priorPrescription" in order.resource or begun < _when(order).date()


def _orders(entries: Iterable[Entry]) -> list[Entry]:
    """The orders that were signed, in order of time."""
    orders = [entry for entry in entries if entry.kind == "MedicationRequest" and _is_signed(entry.resource)]
    return sorted(orders, key=lambda e: (_when(e), str(e.resource.get("id"))))


def _together(hook: str, orders: Iterable[Entry]) -> Iterator[Moment]:
    for when, listed in groupby(orders, key=_when):
        drafts = tuple(listed)
        yield Moment(when, hook, encounter_of(drafts[0].resource), drafts)


def _medicine(order: JsonDict) -> set[object]:
    """What an order names its medicine by: codes, else the Medication."""
    reference = as_text(as_dict(order.get("medicationReference")).get("reference"))
    return {*code_keys(order.get("medicationCodeableConcept")), *([reference] if reference else [])}


def _is_of_hospital(order: Entry) -> bool:
    return any(code == _HOSPITAL for _, code in code_keys(order.resource.get("category")))


def _when(entry: Entry) -> datetime:
    if entry.known is None:
        raise ValueError("an entry without a time is no moment")
    return entry.known


def _is_signed(order: JsonDict) -> bool:
    own = as_text(order.get("intent")) in _SIGNED_INTENTS and order.get("doNotPerform") is not True
    return own and not order.get("reportedBoolean") and "reportedReference" not in order
