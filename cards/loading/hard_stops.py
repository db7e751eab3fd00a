"""The table of what forbids IV magnesium (hard_stops.yaml)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from importlib.resources.abc import Traversable
from typing import Any

from cards.loading.condition_names import ConditionNames
from cards.loading.drug_classes import DrugTables, check_known
from cards.loading.reading import read_yaml
from cards.model import EMERGENCIES, Indicator, RenalGate


@dataclass(frozen=True, slots=True)
class HardStop:
    """One reason not to give magnesium IV: where it is known from, when it yields, and what it means for a draft."""

    name: str
    draft: str = ""
    condition: str = ""
    unless: str = ""
    unless_infused: str = ""
    drug_group: str = ""
    renal: str = ""
    allergy: str = ""
    yields_in: frozenset[str] = frozenset()
    draft_yielded: str = ""
    blocks: bool = False
    removes: bool = False
    within: str = ""
    as_infusion: bool = False
    caution: bool = False
    order_yields_in: tuple[str, ...] = ()
    yields_to: Indicator | None = None

    def as_reviewed(self, reason: str) -> tuple[Indicator | None, str]:
        """How grave it is for an order of this reason, and which line says so; None where nothing is to be said."""
        if reason in self.order_yields_in:
            return self.yields_to, self.draft_yielded
        return (Indicator.CRITICAL if self.blocks else Indicator.WARNING), self.draft

    def removes_draft(self, reason: str) -> bool:
        """Whether an order of this reason is offered to be taken away."""
        return reason not in self.order_yields_in and (self.blocks or self.removes)

    @property
    def needs_expert(self) -> bool:
        """Whether an expert decides even where it yields: then no order is offered."""
        return self.blocks and bool(self.draft_yielded)

    def forbids_in(self, emergency: str | None) -> bool:
        """Whether it forbids in an emergency of this kind, or outside of any."""
        return emergency not in self.yields_in


def read_hard_stops(
    path: Traversable, conditions: ConditionNames, drugs: DrugTables, thresholds: Collection[str]
) -> dict[str, HardStop]:
    """The stops by name; KnowledgeError for a condition, group, gate, threshold, emergency or key that is not known."""
    found = {}
    groups = {each.group for each in drugs.classes.values()}
    keys = {field.name for field in fields(HardStop)} - {"name"} | {"source"}
    for name, entry in read_yaml(path).items():
        told = {**entry, "yields_in": _emergencies(entry.get("yields_in", ()))}
        told |= {
            "order_yields_in": tuple(entry.get("order_yields_in", ())),
            "yields_to": _grave(entry.get("yields_to")),
        }
        checks: tuple[tuple[str, Collection[str], Collection[str]], ...] = (
            ("key", entry, keys),
            ("condition", _named(entry, "condition", "unless"), conditions.names),
            ("group of drugs", _named(entry, "drug_group", "unless_infused"), groups),
            ("renal gate", _named(entry, "renal"), RenalGate.__members__),
            ("threshold", _named(entry, "within"), thresholds),
            ("emergency", told["yields_in"], EMERGENCIES),
        )
        for what, used, known in checks:
            check_known(f"{path.name}: {name}", what, used, known)
        found[name] = HardStop(name, **{key: value for key, value in told.items() if key != "source"})
    return found


def _grave(told: str | None) -> Indicator | None:
    return Indicator[told.upper()] if told else None


def _emergencies(told: Any) -> frozenset[str]:
    return frozenset(EMERGENCIES if told == "all" else told)


def _named(entry: Mapping[str, Any], *keys: str) -> list[Any]:
    return [entry[key] for key in keys if key in entry]
