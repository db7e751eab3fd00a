"""The medicines and drafted orders of a patient, read when they are first asked for."""

from collections.abc import Mapping

from cards.chart import gather, inputs
from cards.chart.allergies import allergies
from cards.chart.asked import fact
from cards.chart.home_list import home_list
from cards.chart.medicines import drafted, is_drafted, nameless
from cards.chart.requests import SERVICE_REQUESTS, OrderedTest, ordered_tests
from cards.chart.sorting import ALLERGY, ORDERED, Chosen, chosen_drafts
from cards.chart.visit import Visit
from cards.model import (
    Allergy,
    JsonObject,
    Medication,
)


class Lists(Visit):
    """The lists of the record that hold medicines: taken, given, ordered, drafted."""

    @fact
    def bundled(self) -> Mapping[str, JsonObject]:
        """The Medication resources that came along, and whatever is named by a urn, by reference."""
        return {**gather.bundled(self.sent, self.snapshot.drafts), **self.snapshot.by_urn}

    @fact
    def medications(self) -> tuple[Medication, ...] | None:
        """The medicines taken, given or ordered; None when the list is not known."""
        self.look_at(inputs.MEDICATIONS, inputs.ADMINISTRATIONS, inputs.STATEMENTS)
        if inputs.MEDICATIONS in self._missing:
            return None
        return gather.medications(self.sent, self.snapshot.drafts, self.bundled, self.knowledge, self.now)

    @property
    def lists_are_whole(self) -> bool:
        """Whether no order, administration or problem may be unseen: none failed, none was cut by paging."""
        lists = frozenset((inputs.CONDITIONS, inputs.MEDICATIONS, inputs.ADMINISTRATIONS))
        unseen = self.failed | self.cut | {inputs.CONDITIONS, inputs.MEDICATIONS} & self._missing
        return lists.isdisjoint(unseen)

    @fact
    def drafts(self) -> tuple[Medication, ...]:
        """The drafted medication orders."""
        return drafted(self.snapshot.drafts, self.chosen_drafts.places, self.bundled, self.knowledge)

    @fact
    def ordered_tests(self) -> tuple[OrderedTest, ...]:
        """The tests that are ordered or drafted; none when nobody could say."""
        return ordered_tests(self.sent.of(*SERVICE_REQUESTS), self.snapshot.drafts, self.knowledge)

    @fact
    def chosen_drafts(self) -> Chosen:
        """Which drafts the selections name."""
        return chosen_drafts(self.snapshot)

    @fact
    def allergies(self) -> tuple[Allergy, ...]:
        """What the allergy list says against what may be offered; none when nobody could say."""
        self.look_at(inputs.ALLERGIES)
        return allergies(self.sent.of(ALLERGY), self.knowledge)

    @fact
    def unread_medicines(self) -> Mapping[str, JsonObject]:
        """The medicines that nobody can name, by reference."""
        return gather.unread_medicines(self.sent, self.bundled, self.knowledge)

    @fact
    def signed(self) -> tuple[JsonObject, ...]:
        """The medication orders being chosen or signed, whether or not anybody can name them."""
        places = self.chosen_drafts.places
        return tuple(d for place, d in enumerate(self.snapshot.drafts) if place in places and is_drafted(d))

    @fact
    def unread_drafts(self) -> tuple[JsonObject, ...]:
        """The medication orders being chosen or signed that nobody can name."""
        return tuple(nameless(self.signed, self.bundled, self.knowledge).values())

    @fact
    def unread_orders(self) -> int:
        """How many medicines that may be running nobody can name."""
        return gather.unread_orders(self.unread_medicines, self.knowledge, self.now)

    @fact
    def unread_infusions(self) -> int:
        """How many of them may be IV magnesium."""
        return gather.unread_infusions(self.unread_medicines, self.bundled, self.knowledge, self.now)

    @fact
    def active(self) -> tuple[Medication, ...]:
        """The medicines being taken now, none when the list is not known."""
        return tuple(m for m in self.medications or () if m.status == "active")

    @fact
    def going_home(self) -> tuple[Medication, ...] | None:
        """The medicines that a patient takes home; None when nobody can say (clinical rule s.14)."""
        if self.medications is None:
            return None
        listed = home_list(self.sent.of(*ORDERED))
        return None if listed is None else tuple(m for m in self.active if m.reference in listed)

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

    @fact
    def concerns_nobody(self) -> bool:
        """Whether orders are drafted of which no rule can speak: each chosen one is read, and has no role.

        Magnesium counts wherever it lies in the cart: whether it is enough is asked of the whole of it.
        """
        is_told_of = self.snapshot.patient_unknown or self.snapshot.foreign_drafts
        return self.about_orders and not (is_told_of or self.a_draft_may_matter)

    @fact
    def a_draft_may_matter(self) -> bool:
        """Whether any rule might speak of a drafted order, for what it is or since nobody can name it."""
        of_chosen = (d.roles or d.is_potassium or d.has_minerals or d.is_fluid for d in self.drafts if d.selected)
        return bool(self.unread_drafts) or any(of_chosen) or any(d.magnesium for d in self.drafts)
