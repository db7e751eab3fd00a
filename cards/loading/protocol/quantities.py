"""Ranges, times, levels and amounts as the protocol language writes them. A fault is a ValueError with the reason."""

import re

from cards.loading.protocol.spellings import DECIMALS, alike
from cards.loading.protocol.vocabulary import NUMBER, RANGE, TO, Vocabulary
from cards.loading.reading import did_you_mean
from cards.model.protocol import INF, Amount, Level, Range

_RANGE = re.compile(rf"({NUMBER})(?:{TO}({NUMBER}))?")
_TIME = re.compile(rf"({RANGE})\s{{0,9}}([a-z]{{1,20}})", re.IGNORECASE)
_BETWEEN = re.compile(rf"(>=?) ({NUMBER}) \.\. (<=?) ({NUMBER})(.*)")
_LEADING_RANGE = re.compile(rf"^{RANGE}\s{{0,9}}")
_LEVEL = re.compile(
    rf"(<=|>=|<|>|=)?\s{{0,9}}({NUMBER})(?:\s{{0,9}}\.\.\s{{0,9}}(<|<=)?\s{{0,9}}({NUMBER}))?\s{{0,9}}(\S.{{0,200}})?"
)
_WORDED = (
    (re.compile("\u2264"), "<="),
    (re.compile("\u2265"), ">="),
    (re.compile(r"less than or equal to"), "<="),
    (re.compile(r"(?:greater|more) than or equal to"), ">="),
    (re.compile(rf"(?:between|from) ({NUMBER}) (?:and|to) ({NUMBER})"), r"\1 .. \2"),
    (re.compile(rf"up to ({NUMBER})"), r"<= \1"),
    (re.compile(rf"({NUMBER})\s{{0,9}}(?:\S{{1,20}}\s{{1,9}})?(?:or|and) (?:less|below|lower)"), r"<= \1"),
    (re.compile(rf"({NUMBER})\s{{0,9}}(?:\S{{1,20}}\s{{1,9}})?(?:or|and) (?:more|above|higher)"), r">= \1"),
    (re.compile(rf"(?:below|less than|under) ({NUMBER})"), r"< \1"),
    (re.compile(rf"(?:above|more than|over) ({NUMBER})"), r"> \1"),
    (re.compile(rf"at most ({NUMBER})"), r"<= \1"),
    (re.compile(rf"at least ({NUMBER})"), r">= \1"),
    (
        re.compile(rf"(>=?)\s{{0,9}}({NUMBER})\s{{0,9}}(?:\.\.|,|and)\s{{0,9}}(<=?)\s{{0,9}}({NUMBER})"),
        r"\1 \2 .. \3 \4",
    ),
    (re.compile(rf"({NUMBER})\s{{0,9}}(?:-|\u2013|to)\s{{0,9}}(<=? ?)?({NUMBER})"), r"\1 .. \2\3"),
)


def a_range(text: str) -> Range:
    """ "2", "1-2", "1 .. 2", "1 to 2"."""
    found = _RANGE.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text!r} is no number and no range like 1-2")
    low = float(found[1])
    high = float(found[2]) if found[2] else low
    if low > high:
        raise ValueError(f"the range {text.strip()} runs downwards")
    return Range(low, high)


def a_time(text: str, words: Vocabulary) -> Range:
    """ "2 h", "4-12 h", "30 min", "5 d", in minutes."""
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"{text.strip()!r} is no time; write it like 2 h, 30 min or 4-12 h")
    return a_range(found[1]).times(minutes_of(found[2], words))


def minutes_of(unit: str, words: Vocabulary) -> float:
    """How many minutes a unit of time is."""
    if unit.lower() not in words.minutes:
        raise ValueError(f"{unit!r} is no unit of time{did_you_mean(unit, ('min', 'h', 'd', 'week'))}")
    return words.minutes[unit.lower()]


def a_level(text: str, unit: str) -> Level:
    """ "1.4 .. 1.9" (both ends count), "0.4 .. < 0.6", "< 0.50", "<= 1.2", "1.2 or less", any; in the unit told."""
    told = alike(" ".join(text.split()), DECIMALS)
    if told.lower() in ("any", "any level"):
        return Level()
    for pattern, written in _WORDED:
        told = pattern.sub(written, told)
    if found := _BETWEEN.fullmatch(told):
        _own_unit(found[5].strip(), unit)
        return _between(float(found[2]), float(found[4]), found[1] == ">=", found[3] == "<=", text)
    found = _LEVEL.fullmatch(told)
    if found is None:
        raise ValueError(f'level {text!r} is not read; write "1.4 .. 1.9", "< 0.50", "<= 1.2" or any')
    sign, value, below, top, rest = found.groups()
    _own_unit((rest or "").strip(), unit)
    if top is not None:
        return _between(float(value), float(top), sign != ">", below != "<", text)
    return _compared(sign or "=", float(value), text)


def _between(low: float, high: float, with_low: bool, with_high: bool, text: str) -> Level:
    if low > high:
        raise ValueError(f"level {text!r} runs downwards: the lower end comes first")
    return Level(low, high, with_low, with_high, text)


def _compared(sign: str, value: float, text: str) -> Level:
    return {
        "<": Level(0.0, value, True, False, text),
        "<=": Level(0.0, value, True, True, text),
        ">": Level(value, INF, False, True, text),
        ">=": Level(value, INF, True, True, text),
        "=": Level(value, value, True, True, text),
    }[sign]


def _own_unit(told: str, unit: str) -> None:
    if told and told.lower() != unit.lower():
        raise ValueError(f"{told!r} is not the unit of this file, {unit or 'which has none'}")


def an_amount(text: str, words: Vocabulary) -> Amount:
    """ "2 g", "1-2 g", "20 mmol", "0.25 mmol/kg", "400 mg salt", "1 tablet", "5 mL"."""
    found = words.an_amount.fullmatch(text.strip())
    if found is None:
        unit = _LEADING_RANGE.sub("", text.strip())
        raise ValueError(f"{text.strip()!r} is no amount{did_you_mean(unit.lower(), words.amounts)}")
    return Amount(a_range(found[1]), words.amounts[" ".join(found[2].lower().split())])
