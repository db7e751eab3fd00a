"""The moments at which an EHR would have called: a result was filed and the chart opened, orders were signed."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from cds_service.backtest.asof import Entry, encounter_of
from cds_service.backtest.times import is_possible
from cds_service.backtest.windows import CodeKey, has_code
from cds_service.errors import JsonDict
from cds_service.fhir_json import as_text

# The chart is opened so long after a result was filed; what is filed until then is seen in the same opening.
OPENED_AFTER = timedelta(minutes=15)
_SIGNED_INTENTS = frozenset({"order", "original-order", "reflex-order", None})


@dataclass(frozen=True, slots=True)
class Moment:
    """One call: when, on which hook, in which stay (`Encounter/id` or ""), with which orders being signed."""

    when: datetime
    hook: str
    encounter: str = ""
    drafts: tuple[Entry, ...] = ()


def moments(entries: Iterable[Entry], opening_codes: Collection[CodeKey], now: datetime | None = None) -> list[Moment]:
    """Chart openings after results and signings of orders, in order of time; none at a time that cannot be."""
    listed = [entry for entry in entries if entry.known is not None and is_possible(entry.known, now)]
    found = [*_openings(listed, opening_codes), *_signings(listed)]
    return sorted(found, key=lambda moment: (moment.when, moment.hook))


def _openings(entries: Iterable[Entry], codes: Collection[CodeKey]) -> Iterator[Moment]:
    results = sorted(
        (entry.known, encounter_of(entry.resource))
        for entry in entries
        if entry.known and entry.kind == "Observation" and has_code(entry.resource.get("code"), codes)
    )
    opened: datetime | None = None
    for filed, encounter in results:
        if opened is None or filed > opened:
            opened = filed + OPENED_AFTER
            yield Moment(opened, "patient-view", encounter)


def _signings(entries: Iterable[Entry]) -> Iterator[Moment]:
    """Orders written at the same time are signed together."""
    orders = [entry for entry in entries if entry.kind == "MedicationRequest" and _is_signed(entry.resource)]
    ordered = sorted(orders, key=lambda e: (_when(e), str(e.resource.get("id"))))
    for when, together in groupby(ordered, key=_when):
        drafts = tuple(together)
        yield Moment(when, "order-sign", encounter_of(drafts[0].resource), drafts)


def _when(entry: Entry) -> datetime:
    if entry.known is None:
        raise ValueError("an entry without a time is no moment")
    return entry.known


def _is_signed(order: JsonDict) -> bool:
    own = as_text(order.get("intent")) in _SIGNED_INTENTS and order.get("doNotPerform") is not True
    return own and not order.get("reportedBoolean") and "reportedReference" not in order
