"""How often a dose is to come again in words ("may repeat x1", "repeat twice"), and of how many bags one is."""

import re
from typing import NamedTuple

_AGAIN = r"\b(?:repeat(?:ed|s)?|rpt)\b"
# what is repeated is a test, with all that is told of it
_TEST = re.compile(
    _AGAIN + r" (?:the )?(?:stat |serum |blood |am |daily )?"
    r"(?:(?:levels?|labs?|tests?|check|ecg|ekg|bmp|cmp|k|potassium|electrolytes?|creatinine|calcium|vitals?|bp|dtrs?"
    r"|reflexes|draw|assessment|measure\w*|order|course)\b"
    r"|(?:mg|mag|magnesium)\b(?! (?:sul|dose|bolus|bag|infusion|so4)))[^.;,]{0,60}"
)
_REPEAT = re.compile(_AGAIN)
_NEVER = re.compile(r"\b(?:not?|never|without|don'?t|avoid)\b[^.;,]{0,12}\Z")
# from one day or week to the next: no further dose of this day; an interval tells the doses itself
_LATER = re.compile(
    r"\b(?:daily|weekly|nightly|(?:every|each|next) (?:day|week|month|night)|tomorrow|in (?:24|36|48|72) ?h)\b"
)
_INTERVAL = re.compile(r"\b(?:q|every) ?\d{1,2}+ ?h\b")
_TIMES = re.compile(
    r"\bx ?(\d{1,2}+)\b(?! ?(?:d\b|days?|h|w|m|g))|\b(\d{1,2}+) (?:more )?(?:times?|doses?)\b|\b(once)\b|\b(twice)\b"
)
_NEAR = 40
_CLAUSE = re.compile(r"[^.;(]{0,60}")
_GRAMS = r"\d{1,2}+(?:\.\d{1,2}+)?+ ?g"
_BAGS = re.compile(
    rf"(?<![\d.,/x-])(?<![\d.,/x-] )(\d{{1,2}}+)(?: ?x ?(?={_GRAMS}\b)| (?={_GRAMS} (?:bag|vial|amp|premix)))"
)
_AMOUNT = re.compile(r"\d ?(?:g|mg|meq|mmol)\b")


class Repeats(NamedTuple):
    """How many doses follow the first by what is told to be repeated, and what is told before."""

    more: float
    before: str


def repeats(told: str) -> Repeats:
    """What is told to be repeated, in plain form; none where it is a test, or the doses of another day."""
    told = _TEST.sub("", told)
    match = next(
        (m for m in _REPEAT.finditer(told) if not _NEVER.search(told[max(m.start() - _NEAR, 0) : m.start()])), None
    )
    more = _counted(told, match.end()) if match else 0.0
    return Repeats(more, told[: match.start()]) if match and more else Repeats(0.0, told)


def _counted(told: str, at: int) -> float:
    """How often, by the words of a clause behind "repeat"; once where nothing is told."""
    rest = _CLAUSE.match(told, at)
    behind = rest[0] if rest else ""
    if counted := _TIMES.search(behind):
        return float(counted[1] or counted[2] or (2 if counted[4] else 1))
    return 0.0 if _LATER.search(behind) or _INTERVAL.search(behind) else 1.0


def bags(told: str) -> float:
    """Of how many bags a dose is: "two 2 g bags", "2 x 2 g"; not where their sum is told before ("4 g (2 x 2 g)")."""
    match = _BAGS.search(told)
    return float(match[1]) if match and not _AMOUNT.search(told[: match.start()]) else 1.0
