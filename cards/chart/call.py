"""The call itself: what it is about, what was sent with it, and what nobody could supply."""

from dataclasses import replace
from datetime import datetime

from cards.chart.asked import Asked, fact
from cards.chart.cut_lists import cut_inputs
from cards.chart.fhir import bare_id, is_id
from cards.chart.inputs import BY_KEY, INPUTS
from cards.chart.sorting import Sorted
from cards.chart.versions import newest_versions
from cards.loading import Knowledge
from cards.model import (
    About,
    Problem,
    Silence,
    Snapshot,
)


class Call(Asked):
    """The call: its hook and moment, what was sent, and what could not be had."""

    def __init__(self, snapshot: Snapshot, knowledge: Knowledge, now: datetime) -> None:
        super().__init__(knowledge)
        self.now = now
        watched = {key: snapshot.watch(listed) for key, listed in snapshot.resources.items()}
        self.snapshot = replace(snapshot, resources=newest_versions(watched))
        self.sent = Sorted(self.snapshot)
        self.unsettled: list[tuple[Problem, frozenset[str]]] = []
        self.broken: list[Problem] = []
        self.not_recalled: list[Silence] = []

    @property
    def hook(self) -> str:
        """The hook of the call."""
        return self.snapshot.hook

    @property
    def about_orders(self) -> bool:
        """Whether the call is about drafted orders, and not about the patient as such."""
        return self.snapshot.about in (About.ORDERS, About.REFILL)

    @property
    def is_leaving(self) -> bool:
        """Whether the call is about a patient who goes home."""
        return self.snapshot.about is About.DISCHARGE

    @property
    def is_renewal(self) -> bool:
        """Whether the call is about orders that are renewed, and judges nothing else."""
        return self.snapshot.about is About.REFILL

    @property
    def is_choosing(self) -> bool:
        """Whether orders are still being chosen and may lack what they have when signed."""
        return self.about_orders and self.snapshot.selections is not None

    @property
    def patient_id(self) -> str:
        """The logical id of the patient."""
        return self.snapshot.patient_id

    @property
    def encounter_id(self) -> str | None:
        """The logical id of the stay that the call names; None where it names none that is an id."""
        told = bare_id(self.snapshot.encounter_id or "", "Encounter")
        return told if is_id(told) else None

    @fact
    def cut(self) -> frozenset[str]:
        """The inputs of which something that matters may not have come."""
        return cut_inputs(self.snapshot, self.sent, self.knowledge.terminology, self.now)

    @property
    def strays(self) -> frozenset[str]:
        """The inputs with only a stray of another patient."""
        return self.snapshot.strays

    @property
    def names_another(self) -> bool:
        """Whether something came that names another patient than the call does."""
        return bool(self.snapshot.foreign or self.snapshot.foreign_drafts)

    @fact
    def _missing(self) -> frozenset[str]:
        """The inputs that nobody could supply, under whatever key."""
        told, terminology = self.snapshot, self.knowledge.terminology
        came = {key for key in told.missing - told.failed if self.sent.brought(BY_KEY[key], terminology)}
        return told.missing - came

    @property
    def failed(self) -> frozenset[str]:
        """The inputs of which a query failed: not known, and not because nobody offers them."""
        return self.snapshot.failed & self._missing

    @fact
    def may_hide(self) -> frozenset[str]:
        """The inputs without which silence is no all-clear: failed, cut, or indispensable and not offered."""
        return self.failed | self.cut | {asked.key for asked in INPUTS if asked.indispensable} & self._missing
