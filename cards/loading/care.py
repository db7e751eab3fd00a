"""What procedures, orders of care and devices say of the patient (care.yaml)."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, fields
from datetime import timedelta
from importlib.resources.abc import Traversable
from typing import Any

from cards.loading.drug_classes import check_known
from cards.loading.reading import read_yaml

_UNITS = {"h": "hours", "d": "days"}
_PATTERNS = ("words", "never", "ended_by")


@dataclass(frozen=True, slots=True)
class Care:
    """How long something that was done or ordered tells of a category of conditions, and by which words.

    `until_measured`: a creatinine drawn so long after its end, or later, is believed again.
    """

    counts: timedelta = timedelta.max
    words: re.Pattern[str] | None = None
    never: re.Pattern[str] | None = None
    ended_by: re.Pattern[str] | None = None
    until_measured: timedelta | None = None


CareTables = Mapping[str, Mapping[str, Care]]


def read_care(path: Traversable, categories: Collection[str]) -> CareTables:
    """The rows by kind and category; KnowledgeError for a category or key that is not known."""
    keys = {each.name for each in fields(Care)} | {"source"}
    told = read_yaml(path)
    for kind, rows in told.items():
        check_known(f"{path.name}: {kind}", "category", rows, categories)
        for name, row in rows.items():
            check_known(f"{path.name}: {kind}: {name}", "key", row, keys)
    return {kind: {name: _row(row) for name, row in rows.items()} for kind, rows in told.items()}


def _row(told: Mapping[str, Any]) -> Care:
    words, never, ended_by = (re.compile(told[key]) if key in told else None for key in _PATTERNS)
    until_measured = _time(told["until_measured"]) if "until_measured" in told else None
    counts = _time(told["counts"]) if "counts" in told else timedelta.max
    return Care(counts, words, never, ended_by, until_measured)


def _time(told: Mapping[str, Any]) -> timedelta:
    return timedelta(**{_UNITS[told["unit"]]: told["value"]})
