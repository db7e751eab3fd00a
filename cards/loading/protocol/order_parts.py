"""What may follow product, amount and route in an order sentence: "over 2 h", "every 12 h", "3 doses", "BID"."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from cards.loading.protocol.quantities import a_range, a_time, an_amount
from cards.loading.protocol.vocabulary import RANGE, Vocabulary
from cards.model.protocol import Order, Range

HOW = (
    "after product, amount and route come: over <time>, every <time>, <n> doses, <n> a day, for <time>, until <level>, "
    "as needed, at most ..., at <rate> g/h, push, day <n>, total <amount>, in <diluent>"
)
_TIME = rf"{RANGE}\s{{0,9}}[a-z]{{1,20}}"
_WEEK = 10080.0
A_DAY = r"(?:per|/|in|a|each) ?(?:24 ?h(?:ours)?|day|d)\b"
Read = Callable[[Order, re.Match[str], Vocabulary], Order]


def _time(name: str) -> Read:
    return lambda order, found, words: _with(order, name, a_time(found[1], words))


def _counted(name: str) -> Read:
    return lambda order, found, _: _with(order, name, a_range(found[1]))


def _said(name: str) -> Read:
    return lambda order, found, _: _with(order, name, found[1].strip())


def _flag(name: str) -> Read:
    return lambda order, _, __: _with(order, name, True)


def _with(order: Order, name: str, value: str | bool | Range) -> Order:
    changed: dict[str, Any] = {name: value}
    return replace(order, **changed)


def _every(order: Order, found: re.Match[str], words: Vocabulary) -> Order:
    told = found[1] if found[1][:1].isdigit() else f"1 {found[1]}"
    return replace(order, every=a_time(told, words))


def _apart(order: Order, found: re.Match[str], words: Vocabulary) -> Order:
    return replace(order, doses=a_range(found[1]), every=a_time(found[2], words))


def _one_dose(order: Order, _: re.Match[str], __: Vocabulary) -> Order:
    return replace(order, doses=Range(1, 1))


def _a_week(order: Order, found: re.Match[str], words: Vocabulary) -> Order:
    """So often a week, as the time from one to the next."""
    told = (found[1] or "once").lower()
    every = _WEEK / (float(told) if told.isdigit() else words.per_day[f"{told} a day"])
    return replace(order, every=Range(every, every))


def _twice(order: Order, _: re.Match[str], __: Vocabulary) -> Order:
    return replace(order, doses=Range(2, 2))


def frequency(order: Order, found: re.Match[str], words: Vocabulary) -> Order:
    """An order with how often an abbreviation says that it is given."""
    often = words.per_day[" ".join(found[1].lower().split())]
    return replace(order, per_day=Range(often, often))


def _from_to(order: Order, found: re.Match[str], words: Vocabulary) -> Order:
    return replace(order, per_day=Range(*(words.per_day[f"{found[n].lower()} a day"] for n in (1, 2))))


_RATE = rf"({RANGE}) ?(g|mg|mmol|meq) ?(?:/|per) ?(h|hr|hour|min|minute)\b"
RATE = re.compile(rf"(?<![\w.]){_RATE}", re.IGNORECASE)


def per_hour(found: re.Match[str], words: Vocabulary) -> tuple[Range, str]:
    """A rate's range, and the unit of what is given in an hour: "1 g/h", "150 mg/min", "5 mmol per hour"."""
    told = a_range(found[1]).times(60 if found[3].lower().startswith("min") else 1)
    return told, words.amounts[found[2].lower()]


def _rate(order: Order, found: re.Match[str], words: Vocabulary) -> Order:
    told, unit = per_hour(found, words)
    return replace(order, rate=told.times(words.grams[unit]))


def _total(order: Order, found: re.Match[str], words: Vocabulary) -> Order:
    """All of a course; "over 5 days" beside it is how long it lasts."""
    lasts = a_time(found[4], words) if found[4] else order.lasts
    return replace(order, total=an_amount(f"{found[2]} {found[3]}", words), lasts=lasts)


_A_DAY = re.compile(rf" (?:{A_DAY}|daily)", re.IGNORECASE)
_LIMIT = re.compile(r"\S{1,20} (?:(?:more than|to|most|of|dose|total|daily dose)(?: of)? )?", re.IGNORECASE)
_SO_MANY = re.compile(rf"({RANGE}) doses?")


def _at_most(order: Order, found: re.Match[str], words: Vocabulary) -> Order:
    """The most of a dose by weight, of a day, or so many doses; anything else is told as it stands."""
    told = found[1].strip()
    limit, a_day = _A_DAY.subn("", _LIMIT.sub("", told, count=1))
    if doses := _SO_MANY.fullmatch(limit):
        most = a_range(doses[1]).high
        a_day_most = replace(order.amount, range=order.amount.range.times(most)) if a_day else None
        return replace(order, at_most=told, most_doses=most, most_a_day=a_day_most)
    if not words.an_amount.fullmatch(limit):
        return replace(order, at_most=told)
    amount = an_amount(limit, words)
    return replace(order, at_most=told, most_a_day=amount) if a_day else replace(order, cap=amount)


_A_TIME = re.compile(
    r"(?<![\w.])\d{1,3} ?(?:h|hrs?|hours?|min|minutes|std|stunden|horas?|heures?|timer)(?!\w)", re.IGNORECASE
)


def _diluent(order: Order, found: re.Match[str], _: Vocabulary) -> Order:
    """What a dose is in; a time among it would be lost."""
    told = found[1].strip()
    if time := _A_TIME.search(told):
        raise ValueError(f'"in {told}": "{time[0]}" is no part of what it is in; write over {time[0]}')
    return replace(order, diluent=told)


_SECOND = re.compile(r"\b(?:then|followed by|and)\b", re.IGNORECASE)


def _remark(order: Order, found: re.Match[str], words: Vocabulary) -> Order:
    """Words that are told; a second dose among them would be lost."""
    told = found[0].strip()
    if _SECOND.match(told) and (words.an_amount.search(told) or RATE.search(told)):
        raise ValueError(f'"{told}" is a second order: write it for itself, beside this one in give, or under then')
    return replace(order, remarks=(*order.remarks, told))


# a diluent or remark ends where another part begins
_STARTS = (
    r"over|every|q ?\d|at \d|for \d|until|as needed|as required|prn|once|twice|daily|x ?\d|via|by|on day|bid|tid|qid|"
    r"bd|tds|qds|three times|four times|\d times"
)
_WORDS = rf"(?:(?! (?:{_STARTS})\b)[^,;]){{0,200}}"
_DILUENT = rf"in ([^\s,;]{_WORDS})"
_NOT_A_DAY = r"(?! (?:a|per|each|daily)\b)"
_MOST = r"(?:at most|max(?:imum)?|up to|no more than|not more than|limit)"


def _counted_a_day(order: Order, found: re.Match[str], _: Vocabulary) -> Order:
    return replace(order, per_day=a_range(found[1] or found[2]))


def _lasts(order: Order, found: re.Match[str], words: Vocabulary) -> Order:
    return replace(order, lasts=a_time(found[1] or found[2], words))


_TIMES = "once|twice|three times|four times"
_TOLD: tuple[tuple[str, Read], ...] = (
    (r"(?:repeat(?:ed)? )?(?:as needed|as required|prn|if needed|when needed)", _flag("as_needed")),
    (rf"over (?:at least |not less than |a minimum of |about )?({_TIME})", _time("over")),
    (rf"({RANGE}) doses?,? ({_TIME}) apart", _apart),
    (rf"({_TIME}) apart", _every),
    (rf"(?:then |repeat(?:ed)? )?every ({_TIME}|day|hour|week|[0-9]{{1,4}}h)", _every),
    (rf"q ?({_TIME})", _every),
    (rf"({RANGE})[ -]?hourly", lambda order, found, words: _with(order, "every", a_time(f"{found[1]} h", words))),
    (rf"(?:repeated |for |x ?|\u00d7 ?)?({RANGE}) (?:doses?|infusions?|times?{_NOT_A_DAY})", _counted("doses")),
    (rf"(?:x|\u00d7) ?({RANGE})(?! ?[a-z%/])", _counted("doses")),
    (r"(?:as )?(?:a )?single dose|one[- ]time(?: dose)?|stat|now", _one_dose),
    (rf"(?:from )?({_TIMES}) to ({_TIMES}) (?:a|per|each) day", _from_to),
    (rf"({RANGE}) ?(?:x|times?)? ?(?:a|per|each|/) ?(?:day|24 ?h)|({RANGE}) ?(?:x|times) daily", _counted_a_day),
    (rf"(?:once |({_TIMES}|\d) ?(?:times )?(?:a |per |each )?)?(?:a |per |each )?week(?:ly)?", _a_week),
    (r"repeat(?:ed)? once", _twice),
    (r"once", _one_dose),
    (rf"(?:for (?:up to |at least |about )?|x ?)({_TIME})|({RANGE} ?(?:days?|d|weeks?))(?! apart)", _lasts),
    (r"until ([^,;]{1,200})", _said("until")),
    (rf"(?:repeat(?:ed)? )?({_MOST} [^,;]{{1,200}})", _at_most),
    (rf"(?:at |@ ?|rate )?{_RATE}", _rate),
    (rf"(?:in )?(total)(?: of)? ({RANGE}) ?([a-z]{{1,20}}(?: (?:salt|elemental))?)(?: over ({_TIME}))?", _total),
    (rf"(?:on )?days? ({RANGE})", _counted("days")),
    (r"(?:as an? )?(?:iv )?(?:push|bolus)", _flag("push")),
    (A_DAY.removesuffix(r"\b"), _flag("day_total")),
    (rf"in (?:the )?(?:first )?({RANGE} ?(?:h|hours?|min|minutes))", _time("over")),
    (_DILUENT, _diluent),
    (r"(?:for |if |when )?(?:mg|magnesium|level) ?[<>=\u2264\u2265][^,;]{1,40}", _remark),
    (r"(?:then|followed by|and|may)\b[^,;]{0,200}", _remark),
    (
        r"(?:by|via|with|without|after|if|before|part of|diluted|undiluted|continuous|note|as tolerated|as a?\b|"
        rf"central|peripheral|slow|protected|on|repeat|at \d+ ?ml/h)\b{_WORDS}",
        _remark,
    ),
)  # fmt: skip

PARTS: tuple[tuple[re.Pattern[str], Read], ...] = tuple(
    (re.compile(rf"(?:{pattern})(?!\w)", re.IGNORECASE), read) for pattern, read in _TOLD
)
