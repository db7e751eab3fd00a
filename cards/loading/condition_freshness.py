"""How long a condition counts that is still called active (condition_freshness.yaml)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from enum import Enum
from importlib.resources.abc import Traversable
from typing import Any

from cards.loading.drug_classes import check_known
from cards.loading.reading import read_yaml

_CATEGORIES = ("as", "ended_by", "not_ended_with")
_UNITS = {"h": "hours", "d": "days"}


class Undated(Enum):
    """When a condition without any date counts: in this stay, in a stay that began lately, or always."""

    STAY = "stay"
    NEW_STAY = "new_stay"
    ALWAYS = "always"


@dataclass(frozen=True, slots=True)
class ConditionFreshness:
    """How long a category of conditions counts from its onset, and what makes that longer or shorter."""

    counts: timedelta = timedelta.max
    in_stay: bool = False
    undated: Undated = Undated.STAY
    longer_with: Mapping[str, timedelta] = field(default_factory=dict)
    brought_by: str = ""
    ended_by: str = ""
    not_ended_with: str = ""


def read_condition_freshness(
    path: Traversable, categories: Collection[str], numbers: Mapping[str, float]
) -> dict[str, ConditionFreshness]:
    """The rows by category, a time that is a threshold by its value in days; KnowledgeError for what is not known."""
    rows = read_yaml(path)
    check_known(path.name, "category", rows, categories)
    keys = {each.name for each in fields(ConditionFreshness)} - {"brought_by"} | {"as", "days", "source"}
    for name, row in rows.items():
        others = (*row.get("longer_with", ()), *(row[key] for key in _CATEGORIES if key in row))
        check_known(f"{path.name}: {name}", "key", row, keys)
        check_known(f"{path.name}: {name}", "category", others, categories)
        check_known(f"{path.name}: {name}", "threshold", [row["days"]] if "days" in row else [], numbers)
    return {name: _row(row, numbers) for name, row in rows.items()}


def _row(told: Mapping[str, Any], numbers: Mapping[str, float]) -> ConditionFreshness:
    return ConditionFreshness(
        counts=_counts(told, numbers),
        in_stay=told.get("in_stay", False),
        undated=Undated(told.get("undated", Undated.STAY.value)),
        longer_with={category: _time(time) for category, time in told.get("longer_with", {}).items()},
        brought_by=told.get("as", ""),
        ended_by=told.get("ended_by", ""),
        not_ended_with=told.get("not_ended_with", ""),
    )


def _counts(told: Mapping[str, Any], numbers: Mapping[str, float]) -> timedelta:
    """For how long; without any time, until it is ended."""
    if "days" in told:
        return timedelta(days=numbers[told["days"]])
    return _time(told["counts"]) if "counts" in told else timedelta.max


def _time(told: Mapping[str, Any]) -> timedelta:
    return timedelta(**{_UNITS[told["unit"]]: told["value"]})
