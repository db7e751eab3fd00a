"""What an order of magnesium may be for, how that is known, and its limits (indications.yaml)."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any

from cards.loading.reading import KnowledgeError, did_you_mean, read_yaml
from cards.model import Indicator

MEASURES = frozenset(
    {"rate", "load_rate", "steady_rate", "dose", "load", "quick_dose", "load_minutes", "large_load_minutes"}
    | {"heavy_load_rate", "hour", "two_hours", "six_hours", "day", "doses_day", "push", "doses_before"}
)
_RELATIONS = ("above", "below", "at_least")
NOT_STATED = "not_stated"
OTHER = "other"
_NEVER = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class Limit:
    """A measure of an order, the threshold it is compared with and how, and what crossing it means."""

    measure: str
    relation: str
    number: str
    indicator: Indicator
    say: str


@dataclass(frozen=True, slots=True, eq=False)
class Indication:
    """One reason of an order. `rank`: of several the lowest counts. `current`: the threshold in h of a condition.

    `usual`: grams and minutes of a dose that may stand in for a wrong one.
    """

    id: str
    name: str
    rank: int
    source: str
    codes: tuple[str, ...]
    words: re.Pattern[str]
    current: str
    counts_always: bool
    current_words: re.Pattern[str] | None
    pulseless: re.Pattern[str]
    coded_only: bool
    emergencies: tuple[str, ...]
    obstetric: bool
    child: str
    kidneys: str
    always: str
    usual: tuple[float, int] | None
    limits: tuple[Limit, ...]

    def is_coded(self, codes: Collection[str]) -> bool:
        """Whether one of the codes is its own: ICD-10 by its beginning, SNOMED CT in full."""
        return any(code == own or (not own.isdigit() and code.startswith(own)) for code in codes for own in self.codes)


@dataclass(frozen=True, slots=True, eq=False)
class Indications:
    """All indications, the widest regimen first, and the words before and behind a name that deny it."""

    listed: tuple[Indication, ...]
    as_needed: re.Pattern[str]
    picosulfate: re.Pattern[str]
    one_dose: re.Pattern[str]
    titrated: re.Pattern[str]
    by_id: Mapping[str, Indication]
    unless: re.Pattern[str]
    unless_behind: re.Pattern[str]

    def named(self, indication: Indication, told: str) -> bool:
        """Whether a text names the indication, not denied."""
        found = indication.words.finditer(told)
        return any(not self._is_denied(told, match) for match in found)

    def _is_denied(self, told: str, match: re.Match[str]) -> bool:
        return bool(self.unless.search(told[: match.start()]) or self.unless_behind.search(told[match.end() :]))


def read_indications(path: Traversable, thresholds: Collection[str]) -> Indications:
    """The indications of a file; KnowledgeError for an unknown measure or threshold."""
    told = read_yaml(path)
    listed = tuple(
        _indication(name, rank, entry, thresholds) for rank, (name, entry) in enumerate(told["indications"].items())
    )
    for name in (NOT_STATED, OTHER):
        if name not in told["indications"]:
            raise KnowledgeError(f"{path.name}: lacks {name}")
    return Indications(
        listed=listed,
        by_id={i.id: i for i in listed},
        **{
            name: _pattern(told[name])
            for name in ("unless", "unless_behind", "as_needed", "picosulfate", "one_dose", "titrated")
        },
    )


def _indication(name: str, rank: int, told: Mapping[str, Any], thresholds: Collection[str]) -> Indication:
    current = told.get("current")
    return Indication(
        id=name,
        name=told["name"],
        rank=rank,
        source=told["source"],
        codes=tuple(map(str, told.get("codes", ()))),
        words=_pattern(told.get("words")),
        current=_known(current, name, thresholds) if current else "",
        counts_always="current" in told and current is None,
        current_words=_pattern(told["current_words"]) if "current_words" in told else None,
        pulseless=_pattern(told.get("pulseless")),
        emergencies=tuple(told.get("emergency", ())),
        coded_only=bool(told.get("current_codes_only")),
        obstetric=bool(told.get("obstetric")),
        child=told["child"],
        kidneys=told["kidneys"],
        always=told.get("always", ""),
        usual=(float(told["usual"]["grams"]), int(told["usual"]["minutes"])) if "usual" in told else None,
        limits=tuple(_limit(entry, name, thresholds) for entry in told["review"]),
    )


def _pattern(words: str | None) -> re.Pattern[str]:
    return re.compile(words, re.IGNORECASE) if words else _NEVER


def _limit(told: Mapping[str, str], name: str, thresholds: Collection[str]) -> Limit:
    relation = next((r for r in _RELATIONS if r in told), "")
    if told["measure"] not in MEASURES or not relation:
        raise KnowledgeError(f"indications.yaml: {name}: unknown measure or relation in {dict(told)}")
    number = _known(told[relation], name, thresholds)
    return Limit(told["measure"], relation, number, Indicator[told["indicator"].upper()], told["say"])


def _known(number: str, name: str, thresholds: Collection[str]) -> str:
    if number not in thresholds:
        hint = did_you_mean(number, thresholds)
        raise KnowledgeError(f"indications.yaml: {name}: unknown threshold {number}{hint}")
    return number
