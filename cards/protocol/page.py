"""A protocol as a page for people: its table, beside what is shipped for the same level."""

from collections.abc import Iterator

from cards.loading import Knowledge
from cards.model import RenalGate
from cards.model.protocol import INF, Protocol, Row
from cards.protocol.say import order_text, range_text, time_text
from cards.units import shown

_BANDS = (("band.critical_low", "critical_low"), ("band.severe", "severe"), ("band.moderate", "moderate"))
_MILD = "mild"


def page(protocol: Protocol, knowledge: Knowledge) -> str:
    """The page in Markdown."""
    return "\n".join(_lines(protocol, knowledge)) + "\n"


def _lines(protocol: Protocol, knowledge: Knowledge) -> Iterator[str]:
    yield f"# {protocol.title or protocol.id}"
    yield "; ".join(f"{key} {value}" for key, value in protocol.source.items())
    signed = protocol.approved
    yield f"Signed by {signed['by']}, {signed['date']}." if signed else "A draft: nobody has signed it."
    yield from (
        "",
        f"**For**: {'; '.join(c.text for c in protocol.scope) or 'everybody'}. Others: {protocol.otherwise}.",
    )
    for route, conditions in protocol.not_by_route.items():
        yield f"**Not {route} if**: {', '.join(c.text for c in conditions)}."
    yield from ("", f"| row | level ({protocol.unit}) | when | order | recheck | shipped, eGFR 60 or more |")
    yield "|---|---|---|---|---|---|"
    for row in protocol.rows:
        cells = (row.name, row.level.text, "; ".join(c.text for c in row.when), "; ".join(_orders(row)))
        yield f"| {' | '.join((*cells, _recheck(row), _shipped(row, protocol, knowledge)))} |"
    yield from _kidneys(protocol)


def _orders(row: Row) -> Iterator[str]:
    yield from map(order_text, row.give)
    if row.one_of:
        yield "one of: " + " / ".join(map(order_text, row.one_of))
    yield from (f"then {order_text(order)}" for order in row.then)
    yield from (row.act,) if row.act else ()
    yield from (f"order {test}" for test in row.order_test)
    yield from (f"tell {who}" for who in row.tell)


def _recheck(row: Row) -> str:
    return "; ".join(f"{route}: {when}" if route else when for route, when in row.recheck.items())


def _shipped(row: Row, protocol: Protocol, knowledge: Knowledge) -> str:
    """What is shipped for the lowest and the highest level of a row."""
    ends = [end / protocol.per_mmol for end in (row.level.low, row.level.high) if end < INF]
    told = dict.fromkeys(_shipped_at(x, knowledge) for x in ends)
    return " ... ".join(told)


def _shipped_at(x: float, knowledge: Knowledge) -> str:
    n = knowledge.numbers
    if x >= n["limit.lower.default"]:
        return "nothing"
    band = next((name for limit, name in _BANDS if x < n[limit]), _MILD)
    steps = knowledge.doses.iv[band].get(RenalGate.R0, ())
    told = [f"{shown(s.grams)} g IV over {shown(s.minutes / 60, 1)} h" for s in steps]
    oral = knowledge.doses.oral.get(band, {}).get(RenalGate.R0)
    return " or ".join([*told, *([f"{oral} mg elemental a day"] if oral else [])])


def _kidneys(protocol: Protocol) -> Iterator[str]:
    if protocol.kidneys:
        yield from ("", "| kidneys | route | dose | over | recheck |", "|---|---|---|---|---|")
    for row in protocol.kidneys:
        dose = (
            f"{range_text(row.dose.range)} {row.dose.unit}"
            if row.dose
            else f"x {row.factor:g}"
            if row.factor
            else "none"
        )
        over = time_text(row.over) if row.over else f"x {row.over_factor:g}" if row.over_factor != 1 else "as it is"
        yield f"| {row.when.text} | {row.route or 'any'} | {dose} | {over} | {row.recheck} |"
