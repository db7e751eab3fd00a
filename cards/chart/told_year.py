"""The year in the words of a condition whose onset nobody dated: "septic shock (2019)", "2019: septic shock"."""

import re

from cards.chart.fhir import child, text
from cards.model import JsonObject
from cards.terms.names import fold

_ONSET = ("onsetDateTime", "onsetPeriod")
_YEAR = re.compile(r"(?:19|20)\d\d")
# between a condition and its year, at the end or at the beginning
_BETWEEN = " ,:(/\u2013\u2014-"
_BEHIND = " .)"
_IN = ("in", "im", "en", "nel", "em", "i")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# of several things nobody can say which was in the year
_SEVERAL = re.compile(r"[,;.:()]")
# it goes on since then
_GOES_ON = re.compile(r"\b(?:since|from|start\w*|began|begun|initiat\w+|diagnos\w+|dx|now|seit|depuis|desde|dal?)\b")
_LONGEST = 80


def in_its_year(condition: JsonObject, past: int) -> JsonObject:
    """The condition with the year that its words tell as its onset, where that is before the year `past`."""
    told = text(child(condition, "code"), "text")
    if not told or any(key in condition for key in _ONSET):
        return condition
    year = told_year(fold(told[:_LONGEST]))
    return {**condition, _ONSET[0]: year} if year and int(year) < past else condition


def told_year(told: str) -> str:
    """The year that ends or begins the words, folded, of one condition; "" where there is none or it goes on since."""
    bare = told.rstrip(_BEHIND)
    first, last = bare.lstrip("(")[:4], bare[-4:]
    if _YEAR.fullmatch(last) and bare[:-4].endswith(tuple(_BETWEEN)):
        return last if _is_one_thing(_without_month(bare[:-4])) else ""
    rest = bare.lstrip("(")[4:]
    return first if _YEAR.fullmatch(first) and rest.startswith((" ", ":", ")")) and _is_one_thing(rest) else ""


def _without_month(told: str) -> str:
    words = told.rstrip(_BETWEEN).split(" ")
    while words and (words[-1] in _IN or words[-1].startswith(_MONTHS)):
        words.pop()
    return " ".join(words)


def _is_one_thing(told: str) -> bool:
    bare = told.strip(_BETWEEN + _BEHIND)
    return bool(bare) and not _SEVERAL.search(bare) and not _GOES_ON.search(bare)
