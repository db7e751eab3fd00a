"""What the order of a drug asks for although magnesium is not known to be low (order_entry.yaml)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable

from cards.loading.reading import KnowledgeError, did_you_mean, read_yaml
from cards.model import Indicator


@dataclass(frozen=True, slots=True)
class Baseline:
    """How urgent a first magnesium is, and the thresholds in h within which one counts."""

    indicator: Indicator
    inpatient: str
    outpatient: str


@dataclass(frozen=True, slots=True, eq=False)
class OrderEntry:
    """The quiet drugs, those that are followed at home, and the baselines by drug."""

    quiet: frozenset[str]
    followed: frozenset[str]
    baselines: Mapping[str, Baseline]


def read_order_entry(path: Traversable, thresholds: Collection[str]) -> OrderEntry:
    """The rows of a file; KnowledgeError for an unknown threshold."""
    told = read_yaml(path)
    for number in (row[key] for row in told["baseline"] for key in ("inpatient", "outpatient")):
        if number not in thresholds:
            raise KnowledgeError(f"{path.name}: unknown threshold {number}{did_you_mean(number, thresholds)}")
    rows = ((row, Indicator[row["indicator"].upper()]) for row in told["baseline"])
    return OrderEntry(
        frozenset(told["quiet"]["drugs"]),
        frozenset(told["followed"]["drugs"]),
        {drug: Baseline(grave, row["inpatient"], row["outpatient"]) for row, grave in rows for drug in row["drugs"]},
    )
