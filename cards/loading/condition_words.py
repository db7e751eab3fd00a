"""The words of conditions: English (codes/condition_words.csv), and other languages (condition_languages.yaml)."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any

from cards.loading.condition_names import ConditionNames
from cards.loading.drug_classes import check_known
from cards.loading.reading import read_csv, read_yaml
from cards.terms.later import Later
from cards.terms.terminology import ConditionWords

# the dot of "III." and "3." ends no sentence
_ORDINAL = r"(?<=[i\d])\."
_MARKS = r",:()\[\]\u2013\u2014-"
_HYPHEN = r"(?<=\w)-(?=\w)"
# "AKI (2021), resolved"
_ASIDE = r"[ ,]{0,2}\([^().;]{1,20}\)"
# "septic shock, history", and not "septic shock, history of smoking"
_CLOSED = r"(?=\s*(?:[.,;)\]]|\Z))"


@dataclass(frozen=True, slots=True)
class Denial:
    """Words, as patterns, that deny a condition before or after it: those `of` it, all `but` some, or all.

    Those that are `closing` deny it behind it where they end what is said of it.
    """

    before: tuple[str, ...]
    after: tuple[str, ...]
    closing: tuple[str, ...]
    of: frozenset[str]
    but: frozenset[str]

    def holds_for(self, category: str) -> bool:
        """Whether a condition of this category is denied so."""
        return category not in self.but and (not self.of or category in self.of)

    def behind(self) -> Iterator[str]:
        """The patterns that deny it behind it."""
        yield from self.after
        yield from (rf"(?:{words}){_CLOSED}" for words in self.closing)


@dataclass(frozen=True, slots=True)
class Denials:
    """All that deny; `turns` begin another thing, `between` may stand between a condition's comma and its denial.

    What is `lifting` a stop is denied by any denial near it. `begins`: words behind a condition that tell since when.
    """

    listed: tuple[Denial, ...]
    turns: str
    begins: str
    between: str
    lifting: frozenset[str]

    def of(self, category: str, named: str) -> str:
        """The pattern of a text that names a condition only to deny it."""
        holding = [denial for denial in self.listed if denial.holds_for(category)]
        before = "|".join(words for denial in holding for words in denial.before)
        after = "|".join(words for denial in holding for words in denial.behind())
        if category in self.lifting:
            ahead = rf"\b(?:{before})\b\.?[^.,;]{{0,40}}?(?:{named})"
            return rf"{ahead}|(?:{named})(?:[^.;]|{_ORDINAL}){{0,30}}\b(?:{after})\b"
        on = rf"(?!\b(?:{self.turns})\b)"
        ahead = rf"\b(?:{before})\b\.?(?:{on}[^.,;]){{0,40}}?(?:{named})"
        still = rf"(?!\b(?:{self.turns}|{self.begins})\b)"
        behind = rf"(?:{still}(?:[^.;{_MARKS}]|{_ORDINAL}|{_HYPHEN})){{0,30}}(?:{_ASIDE})?[ {_MARKS}]{{0,4}}"
        return rf"{ahead}|(?:{named}){behind}(?:\b(?:{self.between})\b ){{0,4}}\b(?:{after})\b"


def read_condition_words(folder: Traversable, conditions: ConditionNames) -> list[ConditionWords]:
    """The words of both tables below a folder, the English first; KnowledgeError for an unknown category."""
    told = read_yaml(folder / "condition_languages.yaml")
    denials = _denials(told)
    english = list(read_csv(folder / "codes" / "condition_words.csv"))
    check_known("condition_words.csv", "category", (row["category"] for row in english), conditions.names)
    named = (category for denial in denials.listed for category in (*denial.of, *denial.but))
    check_known("condition_languages.yaml", "category", (*told["words"], *told["lifting"], *named), conditions.names)
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
    return ConditionWords(category, re.compile(named), Later(denied))


def _denials(told: Mapping[str, Any]) -> Denials:
    listed = tuple(
        Denial(
            tuple(row.get("before", ())),
            tuple(row.get("after", ())),
            tuple(row.get("closing", ())),
            frozenset(row.get("of", ())),
            frozenset(row.get("but", ())),
        )
        for row in told["denials"]
    )
    joined = {key: "|".join(told[key]) for key in ("turns", "begins", "between")}
    return Denials(listed, **joined, lifting=frozenset(told["lifting"]))


def _any_of(patterns: Iterable[str]) -> str:
    return rf"\b(?:{'|'.join(patterns)})\b"
