"""Values of one patient: results, medicines, conditions, and the scales they are put on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import NamedTuple

from cards.model.drugs import DrugRole
from cards.model.scales import LOW_BANDS, Band, Freshness, MagnesiumKind, RenalGate, Route, Schedule

JsonObject = Mapping[str, object]
_A_MOMENT = 1e-6  # hours: of what divides without a rest nothing is left over


@dataclass(frozen=True, slots=True)
class Result:
    """One laboratory or ECG value in the analyte's canonical unit.

    `also` is another value of the same time, where nothing says which of the two holds.
    """

    analyte: str
    value: float
    when: datetime
    shown: str
    reference: str | None = None
    also: float | None = None


@dataclass(frozen=True, slots=True)
class Magnesium:
    """The magnesium result that decides: `x` in mmol/L (two decimals), and how it was read.

    `also` is another value of the same time, where nothing says which holds: urgency goes by `x`, a dose by the milder;
    `also_shown` is it as it is told.
    `unmeasured` is when a later sample was taken that gave no result.
    """

    x: float
    shown: str
    when: datetime
    status: str
    lower_limit: float
    upper_limit: float
    band: Band
    freshness: Freshness
    reference: str | None = None
    haemolysed: bool = False
    plausible: bool = True
    superseded: bool = False
    earlier: tuple[tuple[datetime, float], ...] = ()
    also: float | None = None
    also_shown: str = ""
    unmeasured: datetime | None = None

    @property
    def preliminary(self) -> bool:
        """Not yet confirmed by the laboratory."""
        return self.status == "preliminary"

    @property
    def contradicted(self) -> bool:
        """Low, with a value above the upper limit of the same time: neither is believed."""
        return self.low and self.also is not None and self.also > self.upper_limit

    @property
    def low(self) -> bool:
        """Below the lower limit of normal of this result."""
        return self.band in LOW_BANDS


@dataclass(frozen=True, slots=True)
class Ionised:
    """Ionised magnesium in mmol/L (two decimals) and its lower limit of normal: the laboratory's own, or the usual."""

    value: float
    shown: str
    when: datetime
    lower_limit: float
    own_limit: bool

    @property
    def low(self) -> bool:
        """Below its lower limit of normal."""
        return self.value < self.lower_limit


@dataclass(frozen=True, slots=True)
class Renal:
    """The renal gate, the eGFR behind it (mL/min/1.73 m2) and why.

    `limits`: the gate whose limits hold for what others draft, where it is stricter than what is known.
    """

    gate: RenalGate
    egfr: float | None
    reason: str
    when: datetime | None = None
    limits: RenalGate | None = None

    @property
    def of_drafts(self) -> RenalGate:
        """The gate by which an order of somebody else is judged."""
        return self.gate if self.limits is None else self.limits


UNREAD = 0.0


class Infusion(NamedTuple):
    """One step of an IV order: grams of a dose, g/h, hours of a dose, how many doses of it in 24 hours.

    `grams` None: a rate alone, that runs for `hours`, or with `times` UNREAD beside a dose that nobody can read: its
    grams are not counted (s.2.7). `per_hour` None: nobody said how fast. `begins`: the time that the order names for
    its first dose. `lasts`: hours from there to the end of its last; None where it goes on or nobody says. `every`:
    hours from one dose to the next, where that is told. `per_ml`: g/mL as it is given, where that is told.
    """

    grams: float | None
    per_hour: float | None
    hours: float | None
    times: float = 1.0
    intramuscular: bool = False
    begins: datetime | None = None
    lasts: float | None = None
    every: float | None = None
    per_ml: float | None = None

    def grams_within(self, hours: float) -> float:
        """The most that goes in within so many hours; all of a dose whose time is not told."""
        whole = (self.grams or 0.0) * self._doses_within(hours)
        if self.per_hour is None:
            return whole
        running = self.per_hour * min(hours, (self.hours or hours) * self.times)
        return min(whole, running) if self.grams is not None else running

    def _doses_within(self, hours: float) -> float:
        """The most doses that begin within so many hours: of every four hours five in twenty."""
        return min(self.times, max(ceil(hours / self.every - _A_MOMENT), 1)) if self.every else self.times

    def grams_between(self, start: datetime, hours: float) -> float:
        """The most that goes in within so many hours from a moment on; what names no time begins then."""
        before = (start - (self.begins or start)).total_seconds() / 3600
        left = hours + min(before, 0.0)
        if self.lasts is not None and before > 0:
            left = min(left, self.lasts - before)
        return self.grams_within(left) if left > 0 else 0.0


@dataclass(frozen=True, slots=True)
class MagnesiumOrder:
    """What an order of magnesium asks for: grams of sulfate a day and g/h (IV), elemental mg a day (oral).

    `is_push`: in words to be pushed in, without a time or rate. `steps`: what an IV order gives, one after the other.
    """

    kind: MagnesiumKind
    salt: str
    grams: float | None = None
    grams_per_hour: float | None = None
    elemental_mg_per_day: float | None = None
    is_push: bool = False
    steps: tuple[Infusion, ...] = ()


@dataclass(frozen=True, slots=True)
class RemoveOrder:
    """An order to be removed: `Type/id`, the medicine's name, and whether it is a draft that nobody has signed."""

    reference: str
    name: str
    is_draft: bool = False


# FHIR R4 and DSTU2; what was given or is told to be taken is a record and no order
ORDER_TYPES = frozenset({"MedicationRequest", "MedicationOrder"})


# what feeds a patient, or works for the kidneys: its magnesium is adjusted, the bag is never taken away (s.1.6)
_GOES_ON = frozenset({MagnesiumKind.NUTRITION, MagnesiumKind.DIALYSATE})


class Medication(NamedTuple):
    """One medicine of the patient, or one drafted order. A request may hold hundreds, so it is a tuple.

    `schedule`, `due` (the time that an order names for its dose) are read of IV magnesium alone. `charted`: the record
    of a dose that was given, not an order. `is_told`: the patient or a pharmacy says so, and nobody here ordered it.
    `has_minerals`: a multivitamin that holds some, neither repletion nor duplicate; `is_fluid`: an infusion that does.
    """

    name: str
    roles: tuple[DrugRole, ...]
    role_names: frozenset[str]
    route: Route
    status: str
    since: datetime | None = None
    until: datetime | None = None
    reference: str | None = None
    selected: bool = True
    magnesium: MagnesiumOrder | None = None
    is_potassium: bool = False
    is_antithrombotic: bool = False
    is_nsaid: bool = False
    schedule: Schedule = Schedule.ONCE
    due: datetime | None = None
    charted: bool = False
    is_infusion: bool = False
    is_told: bool = False
    has_minerals: bool = False
    is_fluid: bool = False

    def has_role(self, role: str) -> bool:
        """Whether any of its ingredients plays the role."""
        return role in self.role_names

    def ingredients(self, role: str) -> tuple[str, ...]:
        """The names of those of its ingredients that play the role."""
        return tuple(dict.fromkeys(r.ingredient for r in self.roles if r.role == role))

    def removal(self) -> RemoveOrder | None:
        """The removal of an order or draft; None of what was given or is only told as taken, nor of what must go on."""
        kind, _, _ = (self.reference or "").partition("/")
        if not self.reference or kind not in ORDER_TYPES or self.is_told:
            return None
        if self.magnesium and self.magnesium.kind in _GOES_ON:
            return None
        return RemoveOrder(self.reference, self.name, is_draft=self.status == "draft")


def removals(medications: Iterable[Medication]) -> tuple[RemoveOrder, ...]:
    """The removals of those that can be removed."""
    return tuple(removed for m in medications if (removed := m.removal()))


@dataclass(frozen=True, slots=True)
class Condition:
    """One problem of the patient, by our category; `of_this_stay`: recorded for the encounter of the call.

    `measured`: told by a vital sign of the last hours, and by no record.
    """

    category: str
    name: str
    since: datetime | None
    of_this_stay: bool = False
    measured: bool = False
