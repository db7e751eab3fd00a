"""Order sentences: "sulfate 2 g IV over 2 h, every 12 h, 3 doses, in 250 mL glucose 5 %"."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from cards.loading.protocol.quantities import RANGE, a_range, a_time, amount_pattern, an_amount
from cards.loading.protocol.vocabulary import Named, Vocabulary
from cards.loading.reading import did_you_mean
from cards.model.protocol import Order, Range

_BY_MOUTH = frozenset({"oral", "tube"})
_DAY = 1440.0
_COUNTS = {"once": 1.0, "twice": 2.0, "three times": 3.0, "four times": 4.0}
_HOW = (
    "after product, amount and route come: over <time>, every <time>, <n> doses, <n> a day, for <time>, until <level>, "
    "as needed, at most ..., at <rate> g/h, push, day <n>, total <amount>, in <diluent>"
)
_TIME = rf"{RANGE}\s{{0,9}}[a-z]{{1,20}}"
_PER_DAY = re.compile(r"(?:per|/|in|a|each) ?(?:24 ?h(?:ours)?|day|d)\b")
Part = tuple[re.Pattern[str], Callable[[Order, re.Match[str], Vocabulary], Order]]


def _over(order: Order, found: re.Match[str], words: Vocabulary) -> Order:
    return replace(order, over=a_time(found[1], words))


def _every(order: Order, found: re.Match[str], words: Vocabulary) -> Order:
    told = found[1] if found[1][:1].isdigit() else f"1 {found[1]}"
    return replace(order, every=a_time(told, words))


def _doses(order: Order, found: re.Match[str], _: Vocabulary) -> Order:
    return replace(order, doses=a_range(found[1]))


def _one_dose(order: Order, _: re.Match[str], __: Vocabulary) -> Order:
    return replace(order, doses=Range(1, 1))


def _per_day(order: Order, found: re.Match[str], _: Vocabulary) -> Order:
    told = found[1].lower()
    return replace(order, per_day=Range(_COUNTS[told], _COUNTS[told]) if told in _COUNTS else a_range(told))


def _from_to(order: Order, found: re.Match[str], _: Vocabulary) -> Order:
    return replace(order, per_day=Range(_COUNTS[found[1].lower()], _COUNTS[found[2].lower()]))


def _daily(order: Order, _: re.Match[str], __: Vocabulary) -> Order:
    return replace(order, per_day=Range(1, 1))


def _lasts(order: Order, found: re.Match[str], words: Vocabulary) -> Order:
    return replace(order, lasts=a_time(found[1], words))


def _rate(order: Order, found: re.Match[str], _: Vocabulary) -> Order:
    return replace(order, rate=a_range(found[1]))


def _total(order: Order, found: re.Match[str], words: Vocabulary) -> Order:
    return replace(order, total=an_amount(found[1], words))


def _days(order: Order, found: re.Match[str], _: Vocabulary) -> Order:
    return replace(order, days=a_range(found[1]))


def _at_most(order: Order, found: re.Match[str], words: Vocabulary) -> Order:
    """The most of a dose by weight; anything else (so many doses, so much a day) is told as it stands."""
    told = re.compile(rf"\S{{1,20}}(?: more than| to| most)? ({amount_pattern(words)})", re.IGNORECASE)
    amount = told.fullmatch(found[1].strip())
    return replace(order, cap=an_amount(amount[1], words)) if amount else replace(order, at_most=found[1].strip())


def _text_of(name: str) -> Callable[[Order, re.Match[str], Vocabulary], Order]:
    return lambda order, found, _: _with(order, name, found[1].strip())


def _flag(name: str) -> Callable[[Order, re.Match[str], Vocabulary], Order]:
    return lambda order, _, __: _with(order, name, True)


def _with(order: Order, name: str, value: str | bool) -> Order:
    changed: dict[str, Any] = {name: value}
    return replace(order, **changed)


def _remark(order: Order, found: re.Match[str], _: Vocabulary) -> Order:
    return replace(order, remarks=(*order.remarks, found[0].strip()))


_COUNT = "|".join(_COUNTS)
_PARTS: tuple[Part, ...] = tuple(
    (re.compile(rf"{pattern}(?!\w)", re.IGNORECASE), read)
    for pattern, read in (
        (r"(?:repeat(?:ed)? )?(?:as needed|as required|prn|if needed)", _flag("as_needed")),
        (rf"over ({_TIME})", _over),
        (rf"(?:then )?every ({_TIME}|day|hour|week|[0-9]{{1,4}}h)", _every),
        (rf"q ?({_TIME})", _every),
        (rf"(?:repeated |for )?({RANGE}) doses?", _doses),
        (r"(?:as )?(?:one|a single|single) dose", _one_dose),
        (rf"(?:from )?({_COUNT}) to ({_COUNT}) (?:a|per|each) day", _from_to),
        (
            rf"({_COUNT}|{RANGE}(?= ?(?:x|times)? ?(?:a|per|each|/) ?day| times)) ?(?:x|times)? ?(?:a|per|each|/) ?day",
            _per_day,
        ),
        (r"(?:once )?daily", _daily),
        (r"once", _one_dose),
        (rf"for ({_TIME})", _lasts),
        (r"until ([^,;]{1,200})", _text_of("until")),
        (r"((?:at most|max(?:imum)?|up to|no more than) [^,;]{1,200})", _at_most),
        (rf"(?:at|rate) ({RANGE}) ?g/h", _rate),
        (rf"(?:in )?total(?: of)? ({RANGE} ?[a-z/ ]{{1,20}})", _total),
        (rf"(?:on )?days? ({RANGE})", _days),
        (r"(?:as an? )?(?:iv )?(?:push|bolus)", _flag("push")),
        (_PER_DAY.pattern.removesuffix(r"\b"), _flag("day_total")),
        (r"in ([^,;]{1,200})", _text_of("diluent")),
        (
            r"(?:by|via|with|after|if|before|part of|diluted|then|continuous|note|and|as tolerated)\b[^,;]{0,200}",
            _remark,
        ),
    )
)


def an_order(text: str, words: Vocabulary, own: Mapping[str, Named]) -> Order:
    """The order of a sentence. ValueError with what is not read, and the nearest known word."""
    head, rest = _head(" ".join(text.split()), words, own)
    order = replace(head, text=text.strip())
    while rest := rest.lstrip(" ,;"):
        order, rest = _next_part(order, rest, words)
    if order.route in _BY_MOUTH:
        return order
    if order.day_total and not (order.over or order.every or order.per_day):
        return replace(order, over=Range(_DAY, _DAY))
    return order if order.doses or _repeats(order) else replace(order, doses=Range(1, 1))


def _repeats(order: Order) -> bool:
    return bool(order.every or order.per_day or order.as_needed or order.day_total or order.lasts or order.until)


def _head(text: str, words: Vocabulary, own: Mapping[str, Named]) -> tuple[Order, str]:
    """Product, amount and route, and the rest of the sentence."""
    amount = re.compile(rf"(?<![\w.]){amount_pattern(words)}", re.IGNORECASE).search(text)
    if amount is None:
        raise ValueError(f'"{text}" names no amount; write it like "sulfate 2 g IV over 2 h"')
    name = text[: amount.start()].strip(" ,")
    product = own.get(name.lower()) or words.product(name)
    if product is None:
        known = {*own, *(named.id for named in words.products.values())}
        raise ValueError(f"unknown product {name!r}{did_you_mean(name.lower(), known)}; own ones stand under products")
    dose, rest = an_amount(amount[0], words), text[amount.end() :].lstrip(" ,")
    total = _PER_DAY.match(rest)
    route, rest = _route(rest[total.end() :].lstrip(" ,") if total else rest, text, words)
    return Order(product.id, product.salt, dose, route, day_total=bool(total)), rest


def _route(rest: str, text: str, words: Vocabulary) -> tuple[str, str]:
    for spelled in sorted(words.routes, key=len, reverse=True):
        if re.compile(rf"{re.escape(spelled)}(?!\w)", re.IGNORECASE).match(rest):
            return words.routes[spelled], rest[len(spelled) :]
    word = rest.split(" ")[0].strip(",") if rest else ""
    told = f"{word!r} is no route" if word else "no route is told"
    raise ValueError(f'"{text}": {told} after the amount{did_you_mean(word.lower(), words.routes)}')


def _next_part(order: Order, rest: str, words: Vocabulary) -> tuple[Order, str]:
    for pattern, read in _PARTS:
        if found := pattern.match(rest):
            return read(order, found, words), rest[found.end() :]
    part = rest.replace(";", ",").partition(",")[0]
    raise ValueError(f'"{part}" is not read: {_HOW}')
