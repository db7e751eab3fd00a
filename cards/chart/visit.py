"""Who the patient is, where, when, with which knowledge and problems: what every other reader needs."""

from collections.abc import Mapping
from datetime import datetime

from cards.chart import gather, inputs
from cards.chart.asked import fact
from cards.chart.because import YES, Because, because
from cards.chart.call import Call
from cards.chart.care import entries_of_care
from cards.chart.conditions import conditions_by_category
from cards.chart.destination import Destination, destination_of
from cards.chart.encounter_setting import categories_of_stay, place_of
from cards.chart.fhir import HOUR, text
from cards.chart.person import Person, age_in_days, sex_of
from cards.chart.pregnancy import Pregnancy, entries_of_pregnancy, pregnancy_of, weeks_of, without_denied
from cards.chart.requests import SERVICE_REQUESTS, categories_of_care
from cards.chart.results import FINAL
from cards.chart.sorting import CONDITION, PATIENT
from cards.chart.still_counts import Stay
from cards.chart.urine import HOURLY, OF_A_DAY, with_urine
from cards.chart.ventilation import entries_of_ventilator
from cards.chart.vital_signs import with_measured
from cards.chart.weight import weight_of
from cards.model import (
    ADULT_DAYS,
    Condition,
    JsonObject,
    Result,
    Setting,
)

_COMFORT = "comfort_care"
# the keys under which vital signs may come
_URINE = (HOURLY, OF_A_DAY)
_WITH_VITAL_SIGNS = frozenset({inputs.VITAL_SIGNS, inputs.RESULTS})


class Visit(Call):
    """The patient of a call, before any result or medicine is read."""

    @fact
    def not_known(self) -> frozenset[str]:
        """What nobody could supply: inputs, and the age."""
        return self._missing | ({"age"} if self.age_days is None else frozenset())

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
        self.look_at(inputs.ENCOUNTERS)
        return self._stay[0]

    @property
    def place(self) -> str:
        """Whose limits of age hold for magnesium, as thresholds name it: of the moment, else of the place."""
        self.look_at(inputs.ENCOUNTERS)
        return self._place

    @property
    def _place(self) -> str:
        return self.snapshot.about.value if self.is_leaving or self.is_renewal else place_of(self._stay[0])

    @property
    def encounter_start(self) -> datetime | None:
        """When the encounter began."""
        self.look_at(inputs.ENCOUNTERS)
        return self._stay[1]

    @property
    def inpatient(self) -> bool:
        """Whether the patient is in hospital, emergency care or a day unit now."""
        return self.setting.acts_as_inpatient

    def hours_since(self, moment: datetime) -> float:
        """Hours from a moment until now, never negative."""
        return max((self.now - moment) / HOUR, 0.0)

    @fact
    def person(self) -> Person:
        """Age, sex, pregnancy, death."""
        return gather.person_of(self.sent, "pregnancy" in self._conditions, self.now)

    @property
    def age_days(self) -> int | None:
        """Age in days; None when not known."""
        self.look_at(inputs.PATIENT_KEY)
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

    @fact
    def readings(self) -> gather.Readings:
        """Every result that was sent, read."""
        return gather.readings(self.sent, self.knowledge, self.now)

    @fact
    def vital_signs(self) -> Mapping[str, Result]:
        """The last vital signs, as far as they are of these hours."""
        limits = self.knowledge.results.fresh
        found = {name: r for name, r in self.readings.found.items() if limits.get(name) == "fresh.vital_signs"}
        recent = gather.fresh(found, self.knowledge, self.now, "")
        return gather.deciding_results(recent, self.knowledge)

    @property
    def conditions(self) -> Mapping[str, Condition]:
        """The patient's conditions by our categories."""
        self.look_at(inputs.CONDITIONS)
        return self._conditions

    @fact
    def _conditions(self) -> Mapping[str, Condition]:
        setting, start = self._stay
        ident = text(self.encounter, "id") if self.encounter else ""
        stay = Stay(self.now, ident, start, setting.acts_as_inpatient)
        care = entries_of_care(self.sent, self.knowledge, self.now, self._creatinine_drawn)
        pregnant = entries_of_pregnancy(self.told_pregnancy, self.knowledge, self.now)
        also = (*care, *pregnant, *entries_of_ventilator(self.readings.left, self.knowledge, self.now))
        recorded = conditions_by_category(self.sent.of(CONDITION), self.knowledge, stay, also)
        recorded = without_denied(recorded, self.told_pregnancy, self.knowledge, self.now)
        if not self.readings.found.keys().isdisjoint(_URINE):
            recorded = with_urine(recorded, self.readings.found, self.weight, self.now, self.knowledge)
        if not self.vital_signs:
            return recorded
        all_came = self.snapshot.partial.isdisjoint(_WITH_VITAL_SIGNS)
        return with_measured(recorded, self.vital_signs, all_came, self.knowledge)

    @property
    def _creatinine_drawn(self) -> datetime | None:
        """When the last creatinine was drawn."""
        drawn = (r.when for r in self.readings.found.get("creatinine", ()) if r.status in FINAL)
        return max(drawn, default=None)

    @fact
    def told_pregnancy(self) -> Pregnancy:
        """What Observations say of a pregnancy; of a man nothing."""
        patient = next(iter(self.sent.of(PATIENT)), {})
        listed = () if sex_of(patient) == "male" else self.readings.left
        return pregnancy_of(listed, self.knowledge, self.now)

    @property
    def weeks(self) -> float | None:
        """The weeks of a pregnancy whose date of delivery is known."""
        return weeks_of(self.told_pregnancy, self.knowledge, self.now)

    @fact
    def weight(self) -> float | None:
        """The last weight in kg."""
        age = age_in_days(next(iter(self.sent.of(PATIENT)), {}), self.now)
        return weight_of(self.readings.found.get("weight", ()), age, self.now, self.knowledge)

    @fact
    def dialysis_goes_on(self) -> bool:
        """Whether dialysis is ordered, or was done of late: not only a status on the list of problems."""
        return any("dialysis" in e.categories for e in entries_of_care(self.sent, self.knowledge, self.now))

    def has(self, *names: str) -> bool:
        """Whether a condition of any of the categories or groups of categories is present."""
        present, categories = self.conditions.keys(), self.knowledge.conditions.categories
        for name in names:  # noqa: SIM110 - asked so often that a generator would cost more than what it looks at
            if not present.isdisjoint(categories(name)):
                return True
        return False

    def among(self, group: str) -> tuple[Condition, ...]:
        """The conditions of a group that are present, in its order."""
        return tuple(self.conditions[c] for c in self.knowledge.conditions.groups[group] if c in self.conditions)

    @fact
    def in_comfort_care(self) -> bool:
        """Whether problems, orders or the stay itself say that the patient is in comfort care (clinical rule s.7.2)."""
        of_stay = categories_of_stay(self.encounter, self.knowledge) if self.encounter else ()
        if self.has(_COMFORT) or _COMFORT in of_stay or self.destination is Destination.HOSPICE:
            return True
        # orders that could not be had are no reason to say less: nothing waits for them
        return _COMFORT in categories_of_care(self.sent.of(*SERVICE_REQUESTS), self.knowledge)

    @fact
    def destination(self) -> Destination | None:
        """Where a patient who leaves goes; None where nobody says, and for who does not leave."""
        return destination_of(self.encounter) if self.is_leaving and self.encounter else None

    def on_record(self, category: str) -> Because:
        """Whether a category of condition is present, with the reason when it is not."""
        return YES if self.has(category) else because(f"no {self.knowledge.conditions.names[category]} on record")
