"""What reading an export found, all shards together."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from cds_service.backtest.scan import Scanned


@dataclass(slots=True)
class ReadExport:
    """What reading the export found; `skipped` lists broken lines by file, number and reason, `present` the types.

    `results` counts the results used by what they measure; `ended_early` names files that are damaged,
    `not_read` those that seem to hold resources and have another name; `deleted` counts what the server deleted.
    """

    lines: int = 0
    skipped_lines: int = 0
    skipped: list[tuple[str, int, str]] = field(default_factory=list)
    types: Counter[str] = field(default_factory=Counter)
    without_patient: Counter[str] = field(default_factory=Counter)
    results: Counter[str] = field(default_factory=Counter)
    ended_early: list[str] = field(default_factory=list)
    not_read: tuple[str, ...] = ()
    deleted: int = 0
    present: frozenset[str] = frozenset()
    first_result: datetime | None = None

    def add(self, told: Scanned) -> None:
        """Count a shard in."""
        self.lines += told.lines
        self.skipped_lines += told.skipped
        self.types.update(told.types)
        self.without_patient.update(told.without_patient)
        self.results.update(told.results)
        if told.first_result:
            self.first_result = min(told.first_result, self.first_result or told.first_result)
