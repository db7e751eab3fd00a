"""The words of conditions: English (codes/condition_words.csv), and other languages (condition_languages.yaml)."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any

from cards.loading.condition_names import ConditionNames
from cards.loading.drug_classes import check_known
from cards.loading.reading import read_csv, read_yaml
from cards.terms.terminology import ConditionWords

# the dot of "III." and "3." ends no sentence
_ORDINAL = r"(?<=[i\d])\."


@dataclass(frozen=True, slots=True)
class Denials:
    """Words that deny a condition before or after it, as patterns; `past` ones only what does not last."""

    before: str
    past: str
    after: str
    lasting: frozenset[str]

    def of(self, category: str, named: str) -> str:
        """The pattern of a text that names a condition only to deny it."""
        before = self.before if category in self.lasting else f"{self.before}|{self.past}"
        ahead = rf"\b(?:{before})\b\.?[^.,;]{{0,30}}?(?:{named})"
        return rf"{ahead}|(?:{named})(?:[^.;]|{_ORDINAL}){{0,30}}\b(?:{self.after})\b"


def read_condition_words(folder: Traversable, conditions: ConditionNames) -> list[ConditionWords]:
    """The words of both tables below a folder, the English first; KnowledgeError for an unknown category."""
    told = read_yaml(folder / "condition_languages.yaml")
    denials = _denials(told)
    english = list(read_csv(folder / "codes" / "condition_words.csv"))
    check_known("condition_words.csv", "category", (row["category"] for row in english), conditions.names)
    check_known("condition_languages.yaml", "category", (*told["words"], *told["lasting"]), conditions.names)
    return [
        *(_words(r["category"], r["pattern"], filter(None, [r["except_pattern"]]), denials) for r in english),
        *_in_languages(told["words"], denials),
    ]


def _in_languages(told: Mapping[str, Mapping[str, list[str]]], denials: Denials) -> Iterator[ConditionWords]:
    for category, row in told.items():
        unless = [_any_of(row["unless"])] if "unless" in row else []
        yield _words(category, _any_of(row["named"]), unless, denials)


def _words(category: str, named: str, unless: Iterable[str], denials: Denials) -> ConditionWords:
    # written and matched in lower case: three times as fast as ignoring case
    denied = "|".join((*unless, denials.of(category, named)))
    return ConditionWords(category, re.compile(named), re.compile(denied))


def _denials(told: Mapping[str, Any]) -> Denials:
    before, past, after = (
        "|".join(listed) for listed in (told["denied"]["before"], told["past"], told["denied"]["after"])
    )
    return Denials(before, past, after, frozenset(told["lasting"]))


def _any_of(patterns: Iterable[str]) -> str:
    return rf"\b(?:{'|'.join(patterns)})\b"
