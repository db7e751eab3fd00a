"""What a protocol answers, in a line for people."""

from collections.abc import Iterator

from cards.loading.words import Words
from cards.model.protocol import Amount, Order, Range
from cards.model.protocol_answer import Answer, Reason
from cards.units import shown

_HOUR, _DAY, _WEEK = 60, 1440, 10080
_COUNTED = frozenset({"tablet", "capsule", "sachet", "ampoule"})


def told(answer: Answer, words: Words) -> str:
    """The whole answer in one line."""
    return "; ".join(_parts(answer, words))


def reason_text(why: Reason | None, words: Words) -> str:
    """Why nothing is ordered; "" where there is no reason."""
    if why is None:
        return ""
    parts = "; ".join(reason_text(part, words) for part in why.parts)
    return words.say(f"protocol.why.{why.phrase}", **why.values, parts=parts)


def _parts(answer: Answer, words: Words) -> Iterator[str]:
    if answer.row:
        yield f'row "{answer.row.name}"'
    if not answer.bundles:
        yield f"no order ({reason_text(answer.why, words)})" if answer.why else "no order"
    texts = {
        "": " and ".join(map(order_text, answer.give)),
        "one of ": " / ".join(map(order_text, answer.one_of)),
        "then ": " and ".join(map(order_text, answer.then)),
        "recheck ": _rechecks(answer),
        "tell ": ", ".join(answer.tell),
        "act ": answer.act,
        "order test ": ", ".join(answer.order_test),
    }
    yield from (f"{name}{text}" for name, text in texts.items() if text)


def _rechecks(answer: Answer) -> str:
    return "; ".join(f"{route}: {when}" if route else when for route, when in answer.recheck.items())


def range_text(told_range: Range) -> str:
    """ "2", "1-2"."""
    low, high = shown(told_range.low), shown(told_range.high)
    return f"{low}-{high}" if told_range.is_open else low


def time_text(minutes: Range) -> str:
    """ "2 h", "30 min", "4-12 h", "3 d"."""
    if minutes.low < _HOUR or minutes.high % 30:
        return f"{range_text(minutes)} min"
    if minutes.low > 2 * _DAY and not minutes.high % _DAY:
        return f"{range_text(minutes.times(1 / _DAY))} d"
    return f"{range_text(minutes.times(1 / _HOUR))} h"


def amount_text(order: Order) -> str:
    """ "2 g", "10 mmol", "400 mg", "1-2 tablets"."""
    unit = order.amount.unit.removesuffix(" salt").replace(" salt/", "/").replace("meq", "mEq")
    if order.pieces and order.pieces.unit in _COUNTED:
        return f"{range_text(order.amount.range)} {unit} ({_pieces_text(order.pieces)})"
    return _pieces_text(order.amount) if unit in _COUNTED else f"{range_text(order.amount.range)} {unit}"


def _pieces_text(pieces: Amount) -> str:
    return f"{range_text(pieces.range)} {pieces.unit}{'s' if pieces.range.high > 1 else ''}"


def order_text(order: Order) -> str:
    """An order as its sentence would be written."""
    return f"{order.product.replace('_', ' ')} {dose_text(order)}"


def dose_text(order: Order, grams: float | None = None) -> str:
    """The same without the product; `grams` of sulfate beside a dose that is told otherwise."""
    route = {"iv": "IV", "oral": "by mouth", "tube": "by tube"}.get(order.route, order.route.upper())
    mass = f" ({shown(grams, 1)} g)" if grams else ""
    return f"{amount_text(order)}{mass}{' per 24 h' if order.day_total else ''} {route}" + "".join(_how(order))


def _every_text(every: Range) -> str:
    """ "every 12 h"; of less than once in two days so often a week."""
    a_week = _WEEK / every.high
    if every.is_open or every.high < 2 * _DAY or a_week < 1 or a_week != round(a_week):
        return f"every {time_text(every)}"
    return f"{_times(Range(a_week, a_week))} a week"


def _times(per_day: Range) -> str:
    words = {1: "once", 2: "twice"}
    return words.get(round(per_day.low), f"{range_text(per_day)} times") if not per_day.is_open else range_text(per_day)


def _how(order: Order) -> Iterator[str]:
    yield f" over {time_text(order.over)}" if order.over else " push" if order.push else ""
    yield f" at {range_text(order.rate)} g/h" if order.rate else ""
    yield f", {_every_text(order.every)}" if order.every else ""
    yield f", {_times(order.per_day)} a day" if order.per_day else ""
    if order.doses and (order.doses.high > 1 or order.route != "oral"):
        yield f", {range_text(order.doses)} dose{'s' if order.doses.high > 1 else ''}"
    yield f", in total {range_text(order.total.range)} {order.total.unit.removesuffix(' salt')}" if order.total else ""
    yield f", for {time_text(order.lasts)}" if order.lasts else ""
    yield f", until {order.until}" if order.until else ""
    yield ", as needed" if order.as_needed else ""
    yield f", {order.at_most}" if order.at_most else ""
    if order.cap and order.amount.unit.endswith("/kg"):
        yield f", at most {range_text(order.cap.range)} {order.cap.unit.removesuffix(' salt')}"
    yield f", day {range_text(order.days)}" if order.days else ""
    yield f", in {order.diluent}" if order.diluent else ""
    yield from (f", {remark}" for remark in order.remarks)
