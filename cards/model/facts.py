"""What is handed in about a patient (Snapshot) and what is known of it (Facts)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, wraps
from typing import Concatenate, ParamSpec, TypeVar, cast

from cards.model.clinical import (
    ADULT_DAYS,
    Condition,
    Freshness,
    Ionised,
    JsonObject,
    Magnesium,
    Medication,
    Renal,
    Result,
    SetAside,
    Setting,
    Unreadable,
)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that is handed to the core about one patient at one moment, as parsed FHIR JSON.

    `resources` holds the answer per prefetch key; `missing` names keys nobody could supply, `partial` keys of which
    only a first page came, `strays` keys with only a stray of another patient. Any other key is known to be empty.
    """

    hook: str
    patient_id: str
    resources: Mapping[str, Sequence[JsonObject]]
    missing: frozenset[str] = frozenset()
    partial: frozenset[str] = frozenset()
    drafts: Sequence[JsonObject] = ()
    selections: frozenset[str] | None = None
    encounter_id: str | None = None
    set_aside: tuple[SetAside, ...] = ()
    strays: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Facts:
    """What is known about the patient; `None` and `not_known` mean nobody could say, empty means none was found.

    What many rules ask for is worked out once, when it is first asked for.
    """

    now: datetime
    hook: str
    patient_id: str
    age_days: int | None
    sex: str | None
    setting: Setting
    encounter_start: datetime | None
    magnesium: Magnesium | None
    preliminary: Magnesium | None
    ionised: Ionised | None
    results: Mapping[str, Result]
    renal: Renal
    medications: tuple[Medication, ...] | None
    drafts: tuple[Medication, ...]
    conditions: Mapping[str, Condition]
    unreadable_magnesium: tuple[Unreadable, ...]
    not_known: frozenset[str]
    set_aside: tuple[SetAside, ...]
    partial: frozenset[str] = frozenset()
    strays: frozenset[str] = frozenset()
    unread_orders: int = 0
    died: bool = False
    judged: dict[object, object] = field(default_factory=dict, init=False, repr=False, compare=False)

    @cached_property
    def current(self) -> Magnesium | None:
        """The deciding magnesium result, unless it is too old to say anything."""
        too_old = self.magnesium and self.magnesium.freshness is Freshness.TOO_OLD
        return None if too_old else self.magnesium

    @cached_property
    def low(self) -> Magnesium | None:
        """The deciding result when it is low."""
        return self.current if self.current and self.current.low else None

    @property
    def is_adult(self) -> bool | None:
        """Whether the patient is 18 or older; None when the age is not known."""
        return None if self.age_days is None else self.age_days >= ADULT_DAYS

    @property
    def inpatient(self) -> bool:
        """Whether the patient is in hospital, emergency care or a day unit now."""
        return self.setting.acts_as_inpatient

    @cached_property
    def active(self) -> tuple[Medication, ...]:
        """The medicines being taken now, none when the list is not known."""
        return tuple(m for m in self.medications or () if m.status == "active")

    @cached_property
    def holding_magnesium(self) -> tuple[Medication, ...]:
        """The medicines, taken or past, that hold magnesium."""
        return tuple(m for m in self.medications or () if m.magnesium)

    @cached_property
    def drug_classes(self) -> frozenset[str]:
        """The classes of the medicines being taken now."""
        return frozenset(role.drug_class for m in self.active for role in m.roles)

    @cached_property
    def _active_by_role(self) -> Mapping[str, tuple[Medication, ...]]:
        found: dict[str, list[Medication]] = {}
        for medication in self.active:
            for role in medication.role_names:
                found.setdefault(role, []).append(medication)
        return {role: tuple(listed) for role, listed in found.items()}

    def taking(self, role: str) -> tuple[Medication, ...]:
        """The medicines being taken now that play a role (knowledge/codes/drugs.csv)."""
        return self._active_by_role.get(role, ())

    @cached_property
    def chosen(self) -> tuple[Medication, ...]:
        """The drafted orders the clinician is choosing or signing."""
        return tuple(d for d in self.drafts if d.selected)

    def has(self, *categories: str) -> bool:
        """Whether any of the categories of condition is present."""
        return not self.conditions.keys().isdisjoint(categories)

    def hours_since(self, moment: datetime) -> float:
        """Hours from a moment until now, never negative."""
        return max((self.now - moment).total_seconds() / 3600, 0.0)


_Asked = ParamSpec("_Asked")
_Judgement = TypeVar("_Judgement")
_NOT_YET = object()


def once(
    judge: Callable[Concatenate[Facts, _Asked], _Judgement],
) -> Callable[Concatenate[Facts, _Asked], _Judgement]:
    """Keep a judgement with the facts that it is about: many rules ask the same of one patient.

    Only for what is asked with the same further arguments each time, the knowledge that the facts were made with.
    """

    @wraps(judge)
    def answer(facts: Facts, /, *asked: _Asked.args, **named: _Asked.kwargs) -> _Judgement:
        known = facts.judged.get(judge, _NOT_YET)
        if known is _NOT_YET:
            known = facts.judged[judge] = judge(facts, *asked, **named)
        return cast(_Judgement, known)

    return answer
