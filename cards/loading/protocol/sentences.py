"""Order sentences: "sulfate 2 g IV over 2 h, every 12 h, 3 doses, in 250 mL glucose 5 %"."""

import re
from collections.abc import Mapping
from dataclasses import replace

from cards.loading.protocol.dose_told import BRACKET, a_dose
from cards.loading.protocol.order_parts import A_DAY, HOW, PARTS, frequency
from cards.loading.protocol.spellings import ORDER, alike
from cards.loading.protocol.vocabulary import Named, Vocabulary
from cards.loading.reading import did_you_mean
from cards.model.protocol import Amount, Order, Range
from cards.units import shown

_BY_MOUTH = frozenset({"oral", "tube"})
_DAY = 1440.0
_NEAR = 0.05  # a time and a rate of one dose are rounded
_PER_DAY = re.compile(A_DAY)
_PREMIX = re.compile(r"(\d ?g) ?/ ?(\d{1,4} ?ml)\b", re.IGNORECASE)  # "4 g/100 mL"
_FORM = re.compile(
    r"(?:tablets?|capsules?|sachets?|infusion|(?:pre-?mix(?:ed)? )?bags?|pre-?mix(?:ed)?(?: infusion)?),? ",
    re.IGNORECASE,
)
_IN_FLUID = re.compile(r"(in [^,;]{1,60}?),? (?=(?:iv|ivpb|intravenous|oral)\b)", re.IGNORECASE)
_OR_TUBE = re.compile(
    r"^(?: or |/) ?(?:(?:per|via|by|down)? ?(?:an? )?(?:enteral |feeding |ng |nasogastric )*tube|ng|ngt|peg)(?!\w)",
    re.IGNORECASE,
)
_RUNS_IN = re.compile(
    r"(?:in \d{1,4} ?(?:ml|l|litres?|liters?)\b.{0,60}? )?(?:over|at) \d|push\b|bolus\b", re.IGNORECASE
)
_MAYBE_THOUSANDS = re.compile(r"(?<![\d.])[1-9]\d{0,2}\.\d{3} ?m[gl]\b", re.IGNORECASE)
_OFTEN = re.compile(r"every \d|q ?\d|\d(?:-\d)? a day|three times|four times|$", re.IGNORECASE)
_LONGEST_NAME = 4  # words
_PIECES = frozenset({"tablet", "capsule", "sachet"})
_ANY_SALT, _INFUSED = "magnesium", "sulfate"  # by vein there is no other salt that a hospital calls magnesium alone
_ROUTE_WORDS = r"(?:(?:by|via|per|as|slow|a|an)\s){0,2}"


def an_order(text: str, words: Vocabulary, own: Mapping[str, Named]) -> Order:
    """The order of a sentence. ValueError with what is not read, and the nearest known word."""
    if doubtful := _MAYBE_THOUSANDS.search(text):
        raise ValueError(f'"{doubtful[0]}" may be thousands, or a fraction: write the number without a point')
    told = _route_last(alike(_in_digits(" ".join(text.split()), words), ORDER), words)
    head, rest = _head(_PREMIX.sub(r"\1 in \2", told), words, own)
    order = replace(head, text=text.strip())
    while rest := rest.lstrip(" ,;"):
        order, rest = _next_part(order, rest, words)
    order = _of_rate(order) if head.rate else order
    _agrees(order, words)
    if order.route in _BY_MOUTH:
        return order
    if order.day_total and not (order.over or order.every or order.per_day):
        return replace(order, over=Range(_DAY, _DAY))
    return order if order.doses or _repeats(order) else replace(order, doses=Range(1, 1))


def _in_digits(text: str, words: Vocabulary) -> str:
    """The same with counts that are written out as digits."""
    text = words.count_range.sub(lambda f: f"{words.counts[f[1].lower()]}-{words.counts[f[2].lower()]} times", text)
    return words.a_count.sub(lambda found: str(words.counts[found[1].lower()]), text)


def _route_last(text: str, words: Vocabulary) -> str:
    """ "IV magnesium sulfate 2 g" with the route where the language has it."""
    found = words.a_route.match(text)
    return f"{text[found.end() :]}, {found[1]}" if found else text


def _repeats(order: Order) -> bool:
    often = order.every or order.per_day or order.as_needed or order.day_total or order.most_doses
    return bool(often or order.lasts or order.until or (order.days and order.days.is_open))


def _of_rate(order: Order) -> Order:
    """A dose that is told as so much an hour: what runs in the time that is told."""
    if order.lasts is None or order.rate is None:
        raise ValueError(f'"{order.text}" is a rate alone: it needs for <time>')
    hours = order.lasts.times(1 / 60)
    amount = Range(order.amount.range.low * hours.low, order.amount.range.high * hours.high)
    return replace(order, amount=Amount(amount, order.amount.unit), over=order.lasts, lasts=None, rate=None)


def _agrees(order: Order, words: Vocabulary) -> None:
    """A time and a rate that contradict each other are refused."""
    grams, over, rate = words.grams.get(order.amount.unit), order.over, order.rate
    if grams is None or over is None or rate is None:
        return
    slowest, fastest = (
        order.amount.range.low * grams * 60 / over.high,
        order.amount.range.high * grams * 60 / over.low,
    )
    if rate.high < slowest * (1 - _NEAR) or rate.low > fastest * (1 + _NEAR):
        told = f"{shown(fastest, 2)} g/h by its time, {shown(rate.high, 2)} by its rate"
        raise ValueError(f'"{order.text}": {told}')


# -- product, amount and route ----------------------------------------------------------------------------------------
def _head(text: str, words: Vocabulary, own: Mapping[str, Named]) -> tuple[Order, str]:
    """Product, amount and route, and the rest of the sentence."""
    dose = a_dose(_product_first(text, words, own), words)
    product = _product(dose.product, words, own)
    by_mouth = any(each and each.unit in _PIECES for each in (dose.amount, dose.pieces))
    total = _PER_DAY.match(dose.rest)
    rest = _after(_FORM, _after(_PER_DAY, dose.rest))
    fluid = _IN_FLUID.match(rest)
    route, rest = _route(rest[fluid.end() :] if fluid else rest, text, words, product, by_mouth)
    if product.id == _ANY_SALT and route not in _BY_MOUTH:
        product = words.products[_INFUSED]
    rest = f"{fluid[1]}, {rest}" if fluid else rest
    order = Order(product.id, product.salt, dose.amount, route, doses=dose.doses, pieces=dose.pieces)
    order = replace(order, day_total=bool(total), rate=dose.amount.range if dose.an_hour else None)
    return order, BRACKET.sub(r", \1,", rest)


def _product_first(text: str, words: Vocabulary, own: Mapping[str, Named]) -> str:
    """ "2 g magnesium sulfate IV" with the product where the language has it."""
    found = words.an_amount.match(text)
    rest = text[found.end() :].strip().removeprefix("of ").split(" ") if found else []
    for count in range(min(len(rest), _LONGEST_NAME), 0, -1):
        name = " ".join(rest[:count]).strip(",")
        if found and "(" not in name and (name.lower() in own or words.product(name)):
            return " ".join((name, found[0], *rest[count:]))
    return text


def _product(name: str, words: Vocabulary, own: Mapping[str, Named]) -> Named:
    product = own.get(name.lower()) or words.product(name)
    if product is None and (name.lower() or "up to").endswith("up to"):
        raise ValueError('"up to" names no dose: write the range that may be given, like 20-50 mmol')
    if product is None:
        known = {*own, *(named.id for named in words.products.values())}
        raise ValueError(f"unknown product {name!r}{did_you_mean(name.lower(), known)}; own ones stand under products")
    return product


def _after(pattern: re.Pattern[str], rest: str) -> str:
    found = pattern.match(rest)
    return rest[found.end() :].lstrip(" ,") if found else rest


def _only_route(product: Named, rest: str, words: Vocabulary) -> str:
    """The route of what is given by one alone, where how often follows; of sulfate where it is told how it runs in."""
    if product.route == "iv":
        return "iv" if _RUNS_IN.match(rest) else ""
    return product.route if words.a_frequency.match(rest) or _OFTEN.match(rest) else ""


def _route(rest: str, text: str, words: Vocabulary, product: Named, by_mouth: bool) -> tuple[str, str]:
    """The route, after the amount or further on; "oral or by tube" is oral, which a tube is too. Tablets need none."""
    for where in ("match", "search"):
        for spelled in sorted(words.routes, key=len, reverse=True):
            pattern = rf"(?<![\w.]){_ROUTE_WORDS}{re.escape(spelled)}(?: infusion| piggyback)?(?!\w)"
            if found := getattr(re.compile(pattern, re.IGNORECASE), where)(rest):
                return words.routes[
                    spelled
                ], f"{rest[: found.start()]}, {_OR_TUBE.sub('', rest[found.end() :], count=1)}"
    if route := "oral" if by_mouth else _only_route(product, rest, words):
        return route, rest
    word = rest.split(" ")[0].strip(",") if rest else ""
    near = did_you_mean(word.lower(), words.routes) or "; write IV or oral there"
    told = f"{word!r} is no route" if word else "no route is told"
    raise ValueError(f'"{text}": {told} after the amount{near}')


def _next_part(order: Order, rest: str, words: Vocabulary) -> tuple[Order, str]:
    for pattern, read in ((words.a_frequency, frequency), *PARTS):
        if found := pattern.match(rest):
            return read(order, found, words), rest[found.end() :]
    part = rest.replace(";", ",").partition(",")[0]
    raise ValueError(f'"{part}" is not read: {HOW}')
