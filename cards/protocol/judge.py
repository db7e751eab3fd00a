"""Whether what a protocol answers is what a case expects; else in which way it is not."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cards.loading import Knowledge
from cards.loading.protocol.quantities import a_range, a_time, an_amount
from cards.loading.protocol.rechecks import a_recheck, recheck_parts
from cards.loading.protocol.vocabulary import Vocabulary, plain
from cards.loading.reading import did_you_mean
from cards.model.protocol import Amount, Order, Protocol, Range
from cards.model.protocol_answer import Answer
from cards.protocol import rates
from cards.protocol.content import doses_a_day, elemental_per_piece
from cards.protocol.say import told

_DAY = 1440.0
_KEYS = frozenset(
    {
        *("route", "salt", "product", "dose", "per_24h", "over", "rate", "for", "until", "prn", "as_needed", "diluent"),
        *("in", "max", "at_most", "total", "day", "days", "every", "doses", "per_day", "per_week"),
    }
)
Expected = Mapping[str, Any]
_ONE = Range(1, 1)
_NOBODY = ("none", "nobody")
_PHYSICIAN = re.compile(r"_(?:md|doctor)_")
_PIECES = ("tablet", "capsule", "sachet")
_A_DAY = re.compile(r" ?(?:daily|(?:in|per|a|/) ?(?:24 ?h|day))$")
_ROUNDED = 0.005  # rates and times of a paper are rounded
_ABOUT = 0.02  # a dose in another unit more so: 2 g is 8 mmol on many papers, and 16 mEq


def differs(answer: Answer, expect: Expected, protocol: Protocol, knowledge: Knowledge) -> str:
    """What is wrong, expected | seen; "" when it is right.

    What a case does not tell of recheck, notice and tests is not judged.
    """
    judge = _Judge(protocol, knowledge)
    try:
        wrong = next(judge.wrong(answer, expect), None)
    except ValueError as problem:
        return f"expect is not read: {problem}"
    return f"{wrong} | seen: {told(answer, knowledge.words)}" if wrong else ""


class _Judge:
    def __init__(self, protocol: Protocol, knowledge: Knowledge) -> None:
        self.protocol, self.knowledge, self.words = protocol, knowledge, knowledge.protocol_words

    def wrong(self, answer: Answer, expect: Expected) -> Iterator[str]:
        if "none" in expect and answer.bundles:
            yield f"expected no order ({expect['none']})"
        if "none" not in expect and ("orders" in expect or "one_of" in expect):
            yield from self._wrong_orders(answer, expect)
        if not self._same(answer.then, _listed(expect.get("then"))):
            yield f"expected then {expect.get('then') or 'nothing'}"
        if "row" in expect and (answer.row is None or answer.row.name != expect["row"]):
            yield f"expected row {expect['row']}"
        yield from self._wrong_words(answer, expect)

    def _wrong_orders(self, answer: Answer, expect: Expected) -> Iterator[str]:
        every = _listed(expect.get("orders"))
        ways = [[*every, one] for one in _listed(expect.get("one_of"))] or [every]
        if not answer.bundles or not all(any(self._same(b, way) for way in ways) for b in answer.bundles):
            yield f"expected {' or '.join(' and '.join(map(str, way)) for way in ways)}"

    def _wrong_words(self, answer: Answer, expect: Expected) -> Iterator[str]:
        if "recheck" in expect and not _rechecked(answer, str(expect["recheck"])):
            yield f"expected recheck {expect['recheck']}"
        acts = (answer.act, *answer.act.split(" ")[:1]) if answer.act else ()
        nobody = str(expect.get("notify", "")).lower() in _NOBODY
        if nobody and (answer.tell or answer.act):
            yield "expected nobody to be told"
        if "notify" in expect and not nobody and not _all_in(expect["notify"], (*answer.tell, *acts)):
            yield f"expected notify {expect['notify']}"
        if "act" in expect and not _all_in(expect["act"], (answer.act,)):
            yield f"expected act {expect['act']}"
        if "order_test" in expect and not _all_in(expect["order_test"], answer.order_test):
            yield f"expected order_test {expect['order_test']}"

    def _same(self, orders: Sequence[Order], wanted: Sequence[Expected]) -> bool:
        """Each wanted order is one of these, and none is over."""
        left = list(orders)
        for want in wanted:
            found = next((order for order in left if self._is(order, want)), None)
            if found is None:
                return False
            left.remove(found)
        return not left

    def _is(self, order: Order, want: Expected) -> bool:
        if unknown := next((key for key in want if key not in _KEYS), None):
            raise ValueError(f"unknown key {unknown!r} of an order{did_you_mean(str(unknown), _KEYS)}")
        return all(getattr(self, f"_{key}")(order, value) for key, value in want.items()) and (
            self._frequency(order, want)
        )

    def _route(self, order: Order, value: object) -> bool:
        return order.route == self.words.routes.get(str(value).lower(), str(value))

    def _salt(self, order: Order, value: object) -> bool:
        named = self.words.product(str(value))
        own = self.protocol.products.get(plain(str(value)))
        salt = own.salt if own else named.salt if named else plain(str(value))
        return order.salt == salt or order.product == plain(str(value))

    _product = _salt

    def _dose(self, order: Order, value: object) -> bool:
        wanted = an_amount(str(value), self.words)
        told = filter(None, (order.amount, order.pieces, order.per_kg))
        return any(_within(amount, wanted, order.salt, self.words) for amount in (*told, *self._by_content(order)))

    def _by_content(self, order: Order) -> Iterator[Amount]:
        """A dose in tablets or sachets as what they hold, and one of magnesium in tablets or sachets."""
        piece = elemental_per_piece(order, self.protocol, self.knowledge)
        factor = self.words.elemental_mg.get(order.amount.unit)
        if piece and order.amount.unit in _PIECES:
            yield Amount(order.amount.range.times(piece), "mg elemental")
        elif piece and factor:
            yield from (Amount(order.amount.range.times(factor / piece), unit) for unit in _PIECES)

    def _per_24h(self, order: Order, value: object) -> bool:
        whole = order.amount.range.times(1.0 if order.day_total else doses_a_day(order))
        return _within(Amount(whole, order.amount.unit), an_amount(str(value), self.words), order.salt, self.words)

    def _over(self, order: Order, value: object) -> bool:
        if str(value) == "push":
            return order.push
        over = order.over or rates.duration(order, self.words)
        return over is not None and a_time(str(value), self.words).holds(over, _ROUNDED * over.high)

    def _rate(self, order: Order, value: object) -> bool:
        rate = order.rate or rates.rate(order, self.words)
        return rate is not None and a_range(str(value).removesuffix("g/h").strip()).holds(rate, _ROUNDED * rate.high)

    def _for(self, order: Order, value: object) -> bool:
        return order.lasts is not None and a_time(str(value), self.words).holds(order.lasts)

    def _until(self, order: Order, value: object) -> bool:
        return plain(order.until) == plain(str(value))

    def _prn(self, order: Order, value: object) -> bool:
        return order.as_needed is (str(value).lower() in ("true", "yes"))

    _as_needed = _prn

    def _diluent(self, order: Order, value: object) -> bool:
        return plain(str(value)) in plain(order.diluent)

    _in = _diluent

    def _max(self, order: Order, value: object) -> bool:
        limits = filter(None, (order.cap, order.most_a_day))
        return plain(str(value)) in plain(order.at_most) or any(self._cap(limit, value) for limit in limits)

    _at_most = _max

    def _cap(self, cap: Amount, value: object) -> bool:
        told = _A_DAY.sub("", str(value))
        return bool(self.words.an_amount.fullmatch(told)) and cap == an_amount(told, self.words)

    def _total(self, order: Order, value: object) -> bool:
        wanted = an_amount(str(value), self.words)
        if order.total:
            return _within(order.total, wanted, order.salt, self.words)
        times = order.doses or _ONE
        whole = Amount(
            Range(order.amount.range.low * times.low, order.amount.range.high * times.high), order.amount.unit
        )
        return _within(whole, wanted, order.salt, self.words)

    def _day(self, order: Order, value: object) -> bool:
        return order.days is not None and a_range(str(value)).holds(order.days)

    _days = _day

    def _every(self, order: Order, value: object) -> bool:
        return True  # judged with the other words for how often

    _doses = _per_day = _per_week = _every

    def _frequency(self, order: Order, want: Expected) -> bool:
        """How often: "every 12 h" is "2 a day"; and how many doses, where either says so."""
        doses = a_range(str(want["doses"])) if "doses" in want else None
        seen_doses = order.doses or (Range(order.most_doses, order.most_doses) if order.most_doses and doses else None)
        if (doses or _ONE) != (seen_doses or _ONE) and not (doses and seen_doses and doses.holds(seen_doses)):
            return False
        if (order.doses or _ONE) == _ONE and doses == _ONE and order.route != "oral":
            return True
        wanted = a_range(str(want["per_day"])) if "per_day" in want else None
        if "every" in want:
            wanted = _a_day(a_time(str(want["every"]), self.words))
        if "per_week" in want:
            wanted = a_range(str(want["per_week"])).times(1 / 7)
        seen = order.per_day or (_a_day(order.every) if order.every else None)
        if seen is None and order.day_total and wanted == _ONE:
            return True
        return seen == wanted or (wanted is not None and seen is not None and wanted.holds(seen))


def _a_day(every: Range) -> Range:
    return Range(_DAY / every.high, _DAY / every.low)


def _listed(told: Any) -> list[Expected]:
    if told is None:
        return []
    listed = told if isinstance(told, list) else [told]
    if not all(isinstance(one, dict) for one in listed):
        raise ValueError("orders are mappings of route, salt, dose, ...")
    return listed


def _within(seen: Amount, wanted: Amount, salt: str, words: Vocabulary) -> bool:
    """Whether a dose lies in what is wanted; of one salt grams and mmol are the same thing."""
    if seen.unit == wanted.unit:
        return wanted.range.holds(seen.range)
    tables = (words.grams,) if salt == "sulfate" else ()
    for table in (*tables, words.elemental_mg, {"g salt": 1000.0, "mg salt": 1.0}):
        if seen.unit in table and wanted.unit in table:
            told, given = wanted.range.times(table[wanted.unit]), seen.range.times(table[seen.unit])
            return told.holds(given, _ABOUT * told.high)
    return False


def _rechecked(answer: Answer, wanted: str) -> bool:
    try:
        told_form = a_recheck(wanted)
    except ValueError:
        told_form = wanted.lower()
    seen = answer.recheck.values()
    if told_form in seen or (told_form == "none" and not answer.recheck):
        return True
    return any(set(recheck_parts(told_form)) <= set(recheck_parts(text)) for text in seen)


def _all_in(wanted: object, seen: Sequence[str]) -> bool:
    """Each text that is wanted is one of those seen, or some words of one: "physician" of "the physician on call"."""
    listed = wanted if isinstance(wanted, list) else [wanted]
    return all(any(_who(str(one)) in _who(text) for text in seen) for one in listed)


def _who(told: str) -> str:
    return _PHYSICIAN.sub("_physician_", f"_{plain(told)}_")
