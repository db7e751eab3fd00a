"""What is known of one patient, with the knowledge it is judged by: the one argument of every rule.

Each value is read when it is first asked for, and kept with the comparisons that were made for it: so the chart can
say which numbers decided an answer.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from cards.chart import gather
from cards.chart.asked import Asked, fact
from cards.chart.because import YES, Because, because
from cards.chart.conditions import conditions_by_category
from cards.chart.cut_lists import cut_inputs
from cards.chart.inputs import ANALYTES, BY_KEY, Results
from cards.chart.ionised import read_ionised
from cards.chart.kidneys import renal_gate
from cards.chart.magnesium import MagnesiumResults, default_lower_limit, place_of, read_magnesium
from cards.chart.medicines import drafted
from cards.chart.person import Person
from cards.chart.sorting import CONDITION, Chosen, NotUnderstood, Sorted, Why, chosen_drafts
from cards.chart.unread import not_understood
from cards.chart.versions import newest_versions
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


class Chart(Asked):
    """One patient at one moment. `None` and `not_known` mean nobody could say, empty means none was found."""

    def __init__(self, snapshot: Snapshot, knowledge: Knowledge, now: datetime) -> None:
        super().__init__(knowledge)
        self.now = now
        watched = {key: snapshot.watch(listed) for key, listed in snapshot.resources.items()}
        self.snapshot = replace(snapshot, resources=newest_versions(watched))
        self.sent = Sorted(self.snapshot)

    # -- the visit -----------------------------------------------------------------------------------------------------
    @property
    def hook(self) -> str:
        """The hook of the call."""
        return self.snapshot.hook

    @property
    def patient_id(self) -> str:
        """The logical id of the patient."""
        return self.snapshot.patient_id

    @fact
    def cut(self) -> frozenset[str]:
        """The inputs of which something that matters may not have come."""
        return cut_inputs(self.snapshot, self.sent, self.knowledge.terminology, self.now)

    @fact
    def unseen(self) -> frozenset[str]:
        """What may be there unseen: inputs that came in part or not at all; if not every EHR has it, if it failed."""
        told = {key for key in self._missing if not BY_KEY[key].optional or key in self.snapshot.failed}
        return self.cut | told

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
    def encounter(self) -> JsonObject | None:
        """The stay that the call is about."""
        return gather.current(self.sent, self.snapshot.encounter_id, self.now, self.knowledge)

    @fact
    def _stay(self) -> tuple[Setting, datetime | None]:
        return gather.stay(self.encounter, self.snapshot, self._missing, self.now, self.knowledge)

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
        """Whether the patient is in hospital, emergency care or a day unit now."""
        return self.setting.acts_as_inpatient

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
        told = read_magnesium(
            found.get("magnesium", []), set_aside, self.knowledge, self.now, self.setting, self.person
        )
        return told.in_doubt() if "magnesium" in self.cut else told

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

    @property
    def _place(self) -> str:
        return place_of(self.setting)

    @fact
    def is_known(self) -> Because:
        """Whether there is a magnesium result that is not too old to say anything."""
        m = self.magnesium
        if m is None:
            return because("no magnesium result that can be read")
        too_old = m.freshness is Freshness.TOO_OLD
        return self.at_most(self.hours_since(m.when), f"fresh.{self._place}.repeat") if too_old else YES

    @fact
    def is_fresh(self) -> Because:
        """Whether the magnesium result is of now: not too old to act on, and no later one is unreadable."""
        m = self.current
        if m is None or m.freshness is Freshness.ACTIONABLE:
            return self.is_known
        if m.superseded:
            return because("a later magnesium result cannot be read or may be unseen")
        return self.at_most(self.hours_since(m.when), f"fresh.{self._place}.actionable")

    @property
    def is_old(self) -> Because:
        """Whether the magnesium result is older than what may be acted on."""
        hours = self.hours_since(self.magnesium.when) if self.magnesium else None
        return self.above(hours, f"fresh.{self._place}.actionable")

    @fact
    def current(self) -> Magnesium | None:
        """The deciding magnesium result, unless it is too old to say anything."""
        return self.magnesium if self.is_known else None

    @fact
    def is_low(self) -> Because:
        """Whether magnesium is below its lower limit of normal, or so low that no range of a laboratory matters."""
        m = self.current
        if m is None:
            return self.is_known
        usual = default_lower_limit(self.age_days, self.numbers)
        return self.below(m.x, "band.severe") or self.below(m.x, usual, m.lower_limit)

    @fact
    def low(self) -> Magnesium | None:
        """The deciding result when it is low."""
        return self.current if self.is_low else None

    @fact
    def is_high(self) -> Because:
        """Whether magnesium is above its upper limit of normal, whenever that was."""
        m = self.current
        return self.above(m.x, "limit.upper.default", m.upper_limit) if m else self.is_known

    @fact
    def ionised(self) -> Ionised | None:
        """The latest ionised magnesium."""
        found = self.readings.found.get("magnesium_ionised", [])
        return read_ionised(found, self.knowledge, self.now, self.setting, self.person)

    @fact
    def _fresh(self) -> gather.ByAnalyte:
        # of a list that was cut and not sorted the latest result is not known
        found = {
            analyte: listed for analyte, listed in self.readings.found.items() if ANALYTES[analyte].key not in self.cut
        }
        return gather.fresh(found, self.knowledge, self.now, self.setting)

    @fact
    def results(self) -> Results:
        """The latest fresh result of each analyte; NeverAsked for one that no input asks for."""
        return Results(gather.deciding_results(self._fresh, self.knowledge))

    @fact
    def renal(self) -> Renal:
        """What the kidneys allow."""
        creatinines = [reading.result() for reading in self._fresh.get("creatinine", ())]
        return renal_gate(self.results, creatinines, self.conditions, self.person, self.knowledge)

    @fact
    def set_aside(self) -> tuple[SetAside, ...]:
        """What could not be used, and why."""
        return (*self.snapshot.set_aside, *self.readings.set_aside)

    # -- conditions ----------------------------------------------------------------------------------------------------
    @fact
    def conditions(self) -> Mapping[str, Condition]:
        """The patient's conditions by our categories."""
        return conditions_by_category(self.sent.of(CONDITION), self.knowledge, self.now)

    def has(self, *names: str) -> bool:
        """Whether a condition of any of the categories or groups of categories is present."""
        categories = self.knowledge.conditions.categories
        return any(not self.conditions.keys().isdisjoint(categories(name)) for name in names)

    def among(self, group: str) -> tuple[Condition, ...]:
        """The conditions of a group that are present, in its order."""
        return tuple(self.conditions[c] for c in self.knowledge.conditions.groups[group] if c in self.conditions)

    def on_record(self, category: str) -> Because:
        """Whether a category of condition is present, with the reason when it is not."""
        return YES if self.has(category) else because(f"no {self.knowledge.conditions.names[category]} on record")

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
        return gather.medications(self.sent, self.snapshot.drafts, self.bundled, self.knowledge, self.now)

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
    def drug_groups(self) -> frozenset[str]:
        """The groups of drug classes of the medicines being taken now."""
        return frozenset(role.of_class.group for m in self.active for role in m.roles)

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
