"""What is counted: named counters that add up in any order, rows of the alerts table, a few examples."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from cds_service.backtest.spill import write_json
from cds_service.errors import JsonDict

EXAMPLES_EACH = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One card. `patient` is the place among the patients of the bucket, from 0; `second` is since 1970."""

    patient: int
    second: int
    hook: str
    setting: str
    indicator: str
    rule: str
    rules: str
    suggestions: int


@dataclass(slots=True)
class Tally:
    """Counters by name and key; the first example of each rule; the first patients of each change."""

    patients: int = 0
    counters: dict[str, Counter[str]] = field(default_factory=dict)
    examples: dict[str, tuple[int, JsonDict]] = field(default_factory=dict)
    changed: dict[str, list[int]] = field(default_factory=dict)

    def count(self, name: str, key: str, number: int = 1) -> None:
        """Add to one count."""
        self.counters.setdefault(name, Counter())[key] += number

    def count_all(self, name: str, keys: Iterable[str]) -> None:
        """Add one to the count of each key."""
        self.counters.setdefault(name, Counter()).update(iter(keys))

    def total(self, key: str) -> int:
        """One of the totals."""
        return self.of("totals")[key]

    def of(self, name: str) -> Counter[str]:
        """The counts of a name."""
        return self.counters.get(name, Counter())

    def example(self, rule: str, patient: int, told: JsonDict) -> None:
        """Keep the first example of a rule."""
        self.examples.setdefault(rule, (patient, told))

    def change(self, kind: str, patient: int) -> None:
        """Keep the first patients to whom a change happens."""
        kept = self.changed.setdefault(kind, [])
        if len(kept) < EXAMPLES_EACH and patient not in kept:
            kept.append(patient)

    def add(self, later: "Tally") -> None:
        """Take in the tally of the patients who follow; theirs are counted on from ours."""
        for name, counts in later.counters.items():
            self.counters.setdefault(name, Counter()).update(counts)
        for rule, (patient, told) in later.examples.items():
            self.example(rule, self.patients + patient, told)
        for kind, patients in later.changed.items():
            for patient in patients:
                self.change(kind, self.patients + patient)
        self.patients += later.patients


def write_result(path: Path, tally: Tally, rows: list[Row]) -> None:
    """Write what came of a bucket."""
    write_json(path, {"tally": tally, "rows": rows})


def read_tally(path: Path) -> Tally:
    """The tally of a bucket."""
    told = orjson.loads(path.read_bytes())["tally"]
    return Tally(
        told["patients"],
        {name: Counter(counts) for name, counts in told["counters"].items()},
        {rule: (patient, example) for rule, (patient, example) in told["examples"].items()},
        told["changed"],
    )


def read_rows(path: Path) -> list[Row]:
    """The rows of a bucket."""
    return [Row(**row) for row in orjson.loads(path.read_bytes())["rows"]]
