"""The words and spellings in which doses are written (dose_words.yaml)."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable

from cards.loading.reading import read_yaml

_HALF_HOUR = re.compile(r"\bhalf(?:[ -]an?)?[ -]?hour\b")
_PER = re.compile(r"\b(g|mg|meq|mmol|ml) (?:per|an?|each) (h|min)\b")
_AN_HOUR = re.compile(r"\bover an? (h|min)\b")
_DASHES = str.maketrans(
    {"\u2013": "-", "\u2014": "-", "\u00d7": "x", "\u00a0": "\u202f", "\u2009": "\u202f", "'": "\u202f"}
)
_DECIMAL_COMMA = re.compile(r"(?<![\d.,])(\d{1,6}),(\d{1,6})(?![\d,])")
# no dose has so many digits, and no pattern needs to look at them
_NO_DOSE = re.compile(r"\d{13,}+")
_BLANKS = re.compile(r"[ \t\r\n]++")
_WORD = re.compile(r"[^\W\d_]+")
_RANGE = re.compile(
    r"(?<![\d.])\d{1,9}+(?:\.\d{1,9}+)?+ ?([a-z]{1,4}+)(?: ?- ?| to | or )(?=\d{1,9}+(?:\.\d{1,9}+)?+ ?\1\b)"
)
_LONGEST = 1000
_TIMES_A_DAY = {1: "daily", 2: "bid", 3: "tid", 4: "qid"}


@dataclass(frozen=True, slots=True, eq=False)
class DoseLanguage:
    """Brings a dose in words into one form: "Two grams per hour" is "2 g/h", "4,000 mg" is "4000 mg"."""

    words: Mapping[str, str]
    phrases: tuple[tuple[re.Pattern[str], str], ...]
    thousands: re.Pattern[str]
    carriers: frozenset[str]
    as_needed: re.Pattern[str]
    by_protocol: re.Pattern[str]
    rarely: re.Pattern[str]
    undiluted: re.Pattern[str]
    diluted: re.Pattern[str]

    def plain(self, text: str) -> str:
        """The text in lower case with our units, digits without separators, decimal points, and of ranges the top."""
        told = _BLANKS.sub(" ", _NO_DOSE.sub("", text[:_LONGEST].lower().translate(_DASHES)))
        told = self.thousands.sub(_joined, told)
        told = _DECIMAL_COMMA.sub(r"\1.\2", told).replace("\u202f", " ")
        told = _HALF_HOUR.sub("30 min", told)
        told = _WORD.sub(lambda word: self.words.get(word.group(), word.group()), told)
        for phrase, ours in self.phrases:
            told = phrase.sub(ours, told)
        return _RANGE.sub("", _AN_HOUR.sub(r"over 1 \1", _PER.sub(r"\1/\2", told)))


def _joined(number: re.Match[str]) -> str:
    return "".join(filter(str.isdigit, number.group(1))) + number.group(2)


def read_dose_language(path: Traversable) -> DoseLanguage:
    """The words of a file."""
    told = read_yaml(path)
    words = {word: unit for unit, listed in told["units"].items() for word in listed}
    return DoseLanguage(
        words=words | {word: str(number) for word, number in told["numbers"].items()},
        phrases=tuple((re.compile(pattern), ours) for pattern, ours in (*told["phrases"], *_often(told["often"]))),
        thousands=_thousands(told["thousands_of"], words, told["pieces"]),
        carriers=frozenset(told["carriers"]),
        **{key: _any_of(told[key]) for key in ("as_needed", "by_protocol", "rarely", "undiluted", "diluted")},
    )


def _often(told: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    """ "3x täglich" and "3 dd" as "tid"."""
    times, per, a_day, after = ("|".join(told[key]) for key in ("times", "per", "a_day", "after"))
    for number, ours in _TIMES_A_DAY.items():
        yield rf"(?<![\d.]){number} ?(?:(?:{times}) ?(?:{per})? ?(?:{a_day})|{after})\b", ours


def _any_of(patterns: list[str]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(patterns)})(?!\w)")


def _thousands(units: list[str], words: Mapping[str, str], pieces: list[str]) -> re.Pattern[str]:
    """One to three digits, then groups of three behind one separator, then one of the units; never after a nought."""
    named = "|".join(sorted([*units, *(word for word, unit in words.items() if unit in units)], key=len, reverse=True))
    several = "|".join(pieces)
    tight = r"[1-9]\d{0,2}(?:(?:,\d{3}){1,3}+|(?:\.\d{3}){1,3}+|(?:\u202f\d{3}){1,3}+)"
    loose = rf"[1-9]\d{{0,2}}(?: \d{{3}}){{1,3}}(?! ?(?:{named}) ?(?:{several})\b)"
    return re.compile(rf"(?<![\d.,])({tight}|{loose})( ?(?:{named})\b)")
