"""In which hours a test is due (monitoring.yaml)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from typing import Any

_END_OF_DAY = "day"


@dataclass(frozen=True, slots=True)
class Window:
    """The earliest and latest hour of a draw, counted from the call or from the end of an infusion.

    `after`: "infusion", "load" (its first step), "dose 2" (its second dose), "before 3" (the begin of its third) or ""
    (the call). `until` None: before the day ends. `clock`: the first
    such time of day that is at least `not_before` hours away stands for the hours. `yields`: another time that is asked
    for holds. `undated`: nobody knows the hour, so the order names none.
    """

    hours: float
    until: float | None
    after: str = ""
    clock: time | None = None
    not_before: float = 0.0
    yields: bool = False
    undated: bool = False

    @property
    def is_now(self) -> bool:
        """Whether the test is not to wait."""
        return self.until == 0


def read_windows(told: Mapping[str, Mapping[str, Any]], numbers: Mapping[str, float]) -> dict[str, Window]:
    """The windows by id; an hour that is a text is the id of a threshold."""
    return {name: _window(entry, numbers) for name, entry in told.items()}


def _window(entry: Mapping[str, Any], numbers: Mapping[str, float]) -> Window:
    earliest, latest = _hours(entry["hours"], numbers), entry.get("until", entry["hours"])
    clock = entry.get("clock")
    return Window(
        earliest,
        None if latest == _END_OF_DAY else _hours(latest, numbers),
        entry.get("after", ""),
        time.fromisoformat(clock) if clock else None,
        float(entry.get("not_before", 0)),
        bool(entry.get("yields")),
        bool(entry.get("undated")),
    )


def _hours(told: Any, numbers: Mapping[str, float]) -> float:
    return numbers[told] if isinstance(told, str) else float(told)
