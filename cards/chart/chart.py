"""What is known of one patient, with the knowledge it is judged by: the one argument of every rule.

Each value is read when it is first asked for, and kept with the comparisons that were made for it: so the chart can
say which numbers decided an answer.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import wraps
from typing import Concatenate, Generic, ParamSpec, TypeVar, cast

from cards.chart import gather
from cards.chart.because import Because
from cards.chart.conditions import conditions_by_category
from cards.chart.inputs import BY_KEY, Results
from cards.chart.ionised import read_ionised
from cards.chart.kidneys import renal_gate
from cards.chart.magnesium import MagnesiumResults, read_magnesium
from cards.chart.medicines import drafted
from cards.chart.person import Person
from cards.chart.results import latest
from cards.chart.sorting import CONDITION, Chosen, NotUnderstood, Sorted, Why, chosen_drafts
from cards.chart.understood import not_understood
from cards.loading import Knowledge
from cards.model import (
    ADULT_DAYS,
    Condition,
    Freshness,
    Ionised,
    JsonObject,
    Magnesium,
    Medication,
    Renal,
    SetAside,
    Setting,
    Snapshot,
    Unreadable,
)

_Value = TypeVar("_Value")
_Asked = ParamSpec("_Asked")


class fact(Generic[_Value]):
    """A value of the chart that is read when it is first asked for."""

    def __init__(self, read: "Callable[[Chart], _Value]") -> None:
        self._read = read
        self.__doc__ = read.__doc__

    def __get__(self, chart: "Chart", _: object = None) -> _Value:
        return chart.remember(self._read, self._read)


class Chart:
    """One patient at one moment. `None` and `not_known` mean nobody could say, empty means none was found."""

    def __init__(self, snapshot: Snapshot, knowledge: Knowledge, now: datetime) -> None:
        self.snapshot, self.knowledge, self.now = snapshot, knowledge, now
        self.numbers: Mapping[str, float] = knowledge.numbers
        self._known: dict[object, tuple[object, tuple[Because, ...]]] = {}
        self._compared: list[Because] = []

    # -- comparisons ---------------------------------------------------------------------------------------------------
    def below(self, value: float | None, number: str) -> bool:
        """Whether a value is below a threshold (knowledge/thresholds.yaml); not so when it is not known."""
        return self._compare(value, number, "below", value is not None and value < self.numbers[number])

    def at_most(self, value: float | None, number: str) -> bool:
        """Whether a value is at or below a threshold."""
        return self._compare(value, number, "at most", value is not None and value <= self.numbers[number])

    def at_least(self, value: float | None, number: str) -> bool:
        """Whether a value is at or above a threshold."""
        return self._compare(value, number, "at least", value is not None and value >= self.numbers[number])

    def above(self, value: float | None, number: str) -> bool:
        """Whether a value is above a threshold."""
        return self._compare(value, number, "above", value is not None and value > self.numbers[number])

    def is_within(self, since: datetime | None, number: str) -> bool:
        """Whether a moment lies no longer ago than a threshold in hours."""
        return self.at_most(None if since is None else self.hours_since(since), number)

    def _compare(self, value: float | None, number: str, relation: str, holds: bool) -> bool:
        self._compared.append(Because(holds, "", self.knowledge.thresholds[number], value, relation))
        return holds

    def listen(self) -> None:
        """Forget the comparisons made so far: what is compared from now on belongs to the next question."""
        self._compared.clear()

    @property
    def deciding(self) -> tuple[str, ...]:
        """The ids of the thresholds that were crossed since the chart was last told to listen."""
        return tuple(dict.fromkeys(c.number for c in self._compared if c.holds))

    @property
    def why_not(self) -> str:
        """The last comparison that did not hold, in words."""
        return next((c.why for c in reversed(self._compared) if not c.holds), "")

    def remember(self, question: object, read: "Callable[[Chart], _Value]") -> _Value:
        """The answer to a question about this chart, worked out once; its comparisons count each time it is asked."""
        known = self._known.get(question)
        if known is None:
            start = len(self._compared)
            value = read(self)
            self._known[question] = (value, tuple(self._compared[start:]))
            return value
        self._compared += known[1]
        return cast(_Value, known[0])

    # -- the visit -----------------------------------------------------------------------------------------------------
    @property
    def hook(self) -> str:
        """The hook of the call."""
        return self.snapshot.hook

    @property
    def patient_id(self) -> str:
        """The logical id of the patient."""
        return self.snapshot.patient_id

    @property
    def partial(self) -> frozenset[str]:
        """The inputs of which only a first page came."""
        return self.snapshot.partial

    @property
    def strays(self) -> frozenset[str]:
        """The inputs with only a stray of another patient."""
        return self.snapshot.strays

    @fact
    def _missing(self) -> frozenset[str]:
        """The inputs that nobody could supply, under whatever key."""
        told, terminology = self.snapshot, self.knowledge.terminology
        came = {key for key in told.missing - told.failed if self.sent.brought(BY_KEY[key], terminology)}
        return told.missing - came

    @fact
    def not_known(self) -> frozenset[str]:
        """What nobody could supply: inputs, and the age."""
        return self._missing | ({"age"} if self.age_days is None else frozenset())

    @fact
    def not_understood(self) -> NotUnderstood:
        """How much of what was sent nobody understands, by kind."""
        return not_understood(self)

    @fact
    def sent(self) -> Sorted:
        """What was sent, by type."""
        return Sorted(self.snapshot)

    @fact
    def encounter(self) -> JsonObject | None:
        """The stay that the call is about."""
        return gather.current(self.sent, self.snapshot, self.now)

    @fact
    def _stay(self) -> tuple[Setting, datetime | None]:
        return gather.stay(self.encounter, "encounters" not in self._missing)

    @property
    def setting(self) -> Setting:
        """Where the patient is."""
        return self._stay[0]

    @property
    def encounter_start(self) -> datetime | None:
        """When the encounter began."""
        return self._stay[1]

    @property
    def inpatient(self) -> bool:
        """Whether the patient is in hospital or emergency care now."""
        return self.setting is Setting.INPATIENT

    def hours_since(self, moment: datetime) -> float:
        """Hours from a moment until now, never negative."""
        return max((self.now - moment).total_seconds() / 3600, 0.0)

    # -- the person ----------------------------------------------------------------------------------------------------
    @fact
    def person(self) -> Person:
        """Age, sex, pregnancy, death."""
        return gather.person_of(self.sent, "pregnancy" in self.conditions, self.now)

    @property
    def age_days(self) -> int | None:
        """Age in days; None when not known."""
        return self.person.age_days

    @property
    def sex(self) -> str | None:
        """Recorded gender when it is male or female."""
        return self.person.sex

    @property
    def died(self) -> bool:
        """Whether the record says that the patient has died."""
        return self.person.died

    @property
    def is_adult(self) -> bool | None:
        """Whether the patient is 18 or older; None when the age is not known."""
        return None if self.age_days is None else self.age_days >= ADULT_DAYS

    # -- results -------------------------------------------------------------------------------------------------------
    @fact
    def readings(self) -> gather.Readings:
        """Every result that was sent, read."""
        return gather.readings(self.sent, self.knowledge, self.now)

    @fact
    def _magnesium(self) -> MagnesiumResults:
        found, set_aside, _ = self.readings
        return read_magnesium(
            found.get("magnesium", []), set_aside, self.knowledge, self.now, self.setting, self.person
        )

    @property
    def magnesium(self) -> Magnesium | None:
        """The magnesium result that decides."""
        return self._magnesium.magnesium

    @property
    def preliminary(self) -> Magnesium | None:
        """A later result that is not confirmed yet."""
        return self._magnesium.preliminary

    @property
    def unreadable_magnesium(self) -> tuple[Unreadable, ...]:
        """Magnesium results that could not be read, newest first."""
        return self._magnesium.unreadable_magnesium

    @fact
    def current(self) -> Magnesium | None:
        """The deciding magnesium result, unless it is too old to say anything."""
        too_old = self.magnesium and self.magnesium.freshness is Freshness.TOO_OLD
        return None if too_old else self.magnesium

    @fact
    def low(self) -> Magnesium | None:
        """The deciding result when it is low."""
        return self.current if self.current and self.current.low else None

    @fact
    def ionised(self) -> Ionised | None:
        """The latest ionised magnesium."""
        found = self.readings.found.get("magnesium_ionised", [])
        return read_ionised(found, self.knowledge, self.now, self.setting, self.person)

    @fact
    def _fresh(self) -> gather.ByAnalyte:
        return gather.fresh(self.readings.found, self.knowledge, self.now, self.inpatient)

    @fact
    def results(self) -> Results:
        """The latest fresh result of each analyte; NeverAsked for one that no input asks for."""
        return Results({name: counts.result() for name, listed in self._fresh.items() if (counts := latest(listed))})

    @fact
    def renal(self) -> Renal:
        """What the kidneys allow."""
        creatinines = [reading.result() for reading in self._fresh.get("creatinine", ())]
        return renal_gate(self.results, creatinines, self.conditions, self.person, self.numbers)

    @fact
    def set_aside(self) -> tuple[SetAside, ...]:
        """What could not be used, and why."""
        return (*self.snapshot.set_aside, *self.readings.set_aside)

    # -- conditions ----------------------------------------------------------------------------------------------------
    @fact
    def conditions(self) -> Mapping[str, Condition]:
        """The patient's conditions by our categories."""
        return conditions_by_category(self.sent.of(CONDITION), self.knowledge, self.now)

    def has(self, *categories: str) -> bool:
        """Whether any of the categories of condition is present."""
        return not self.conditions.keys().isdisjoint(categories)

    # -- medicines -----------------------------------------------------------------------------------------------------
    @fact
    def bundled(self) -> Mapping[str, JsonObject]:
        """The Medication resources that came along, by reference."""
        return gather.bundled(self.sent, self.snapshot.drafts)

    @fact
    def medications(self) -> tuple[Medication, ...] | None:
        """The medicines taken, given or ordered; None when the list is not known."""
        if "medications" in self._missing:
            return None
        return gather.medications(self.sent, self.snapshot, self.bundled, self.knowledge)

    @fact
    def drafts(self) -> tuple[Medication, ...]:
        """The drafted medication orders."""
        return drafted(self.snapshot.drafts, self.chosen_drafts.places, self.bundled, self.knowledge)

    @fact
    def chosen_drafts(self) -> Chosen:
        """Which drafts the selections name."""
        return chosen_drafts(self.snapshot)

    @fact
    def unread_medicines(self) -> Mapping[str, tuple[JsonObject, Why]]:
        """The medicines that nobody can name, by reference, and why."""
        return gather.unread_medicines(self.sent, self.bundled, self.knowledge)

    @fact
    def unread_orders(self) -> int:
        """How many medicines that may be running nobody can name."""
        return gather.unread_orders(self.unread_medicines, self.knowledge, self.now)

    @fact
    def active(self) -> tuple[Medication, ...]:
        """The medicines being taken now, none when the list is not known."""
        return tuple(m for m in self.medications or () if m.status == "active")

    @fact
    def holding_magnesium(self) -> tuple[Medication, ...]:
        """The medicines, taken or past, that hold magnesium."""
        return tuple(m for m in self.medications or () if m.magnesium)

    @fact
    def drug_classes(self) -> frozenset[str]:
        """The classes of the medicines being taken now."""
        return frozenset(role.drug_class for m in self.active for role in m.roles)

    @fact
    def _active_by_role(self) -> Mapping[str, tuple[Medication, ...]]:
        found: dict[str, list[Medication]] = {}
        for medication in self.active:
            for role in medication.role_names:
                found.setdefault(role, []).append(medication)
        return {role: tuple(listed) for role, listed in found.items()}

    def taking(self, role: str) -> tuple[Medication, ...]:
        """The medicines being taken now that play a role (knowledge/codes/drugs.csv)."""
        return self._active_by_role.get(role, ())

    @fact
    def chosen(self) -> tuple[Medication, ...]:
        """The drafted orders the clinician is choosing or signing."""
        return tuple(d for d in self.drafts if d.selected)


def once(
    judge: Callable[Concatenate[Chart, _Asked], _Value],
) -> Callable[Concatenate[Chart, _Asked], _Value]:
    """Keep a judgement with the chart that it is about: many rules ask the same of one patient.

    Only for what is asked with the same further arguments each time.
    """

    @wraps(judge)
    def answer(chart: Chart, /, *asked: _Asked.args, **named: _Asked.kwargs) -> _Value:
        return chart.remember(judge, lambda c: judge(c, *asked, **named))

    return answer
