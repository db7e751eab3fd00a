"""A protocol as a page for people: its table, beside what is shipped for the same level."""

from collections.abc import Iterator

from cards.loading import Knowledge
from cards.model import RenalGate
from cards.model.protocol import INF, KidneyRow, Protocol, Row
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
        yield f"**Not {'IV' if route == 'iv' else route} if**: {', '.join(c.text for c in conditions)}."
    yield from ("", f"| row | level ({protocol.unit}) | when | order | recheck | shipped, eGFR 60 or more |")
    yield "|---|---|---|---|---|---|"
    for row in protocol.rows:
        cells = (row.name, row.level.text, "; ".join(c.text for c in row.when), "; ".join(_orders(row)))
        yield f"| {' | '.join((*cells, _recheck(row), _shipped(row, protocol, knowledge)))} |"
    yield from _kidneys(protocol)
    yield from _limits(protocol)


def _orders(row: Row) -> Iterator[str]:
    yield from map(order_text, row.give)
    if row.one_of:
        yield "one of: " + " / ".join(map(order_text, row.one_of))
    yield from (f"then {order_text(order)}" for order in row.then)
    yield from (row.act,) if row.act else ()
    yield from (f"order {test}" for test in row.order_test)
    yield from (f"tell {who}" for who in row.tell)
    yield from row.remarks


def _recheck(row: Row) -> str:
    return "; ".join(f"{route}: {when}" if route else when for route, when in row.recheck.items())


def _shipped(row: Row, protocol: Protocol, knowledge: Knowledge) -> str:
    """What is shipped for the lowest and the highest level of a row that a laboratory can print."""
    step = 10.0**-protocol.decimals
    high = row.level.high - (0 if row.level.with_high else step)
    low = row.level.low + (0 if row.level.with_low else step)
    told = dict.fromkeys(_shipped_at(x / protocol.per_mmol, knowledge) for x in (low, high) if x < INF)
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
        over = time_text(row.over) if row.over else f"x {row.over_factor:g}" if row.over_factor != 1 else "as it is"
        cells = (row.when.text, row.route or "any", _dose(row), over, row.recheck)
        yield f"| {' | '.join(cells)} |"


def _dose(row: KidneyRow) -> str:
    """What a row of the kidneys makes of a dose, and what it asks for instead."""
    amount = f"{range_text(row.dose.range)} {row.dose.unit.removesuffix(' salt')}" if row.dose else ""
    dose = amount or (f"x {row.factor:g}" if row.factor else "none")
    told = (*((row.act,) if row.act else ()), *(f"tell {who}" for who in row.tell))
    return "; ".join((dose, *told))


def _limits(protocol: Protocol) -> Iterator[str]:
    for limits in protocol.limits:
        told = {
            "IV at most {:g} g/h": limits.iv_rate,
            "{:g} g IV in 24 h": limits.iv_24h,
            "{:g} g IV an order": limits.iv_order,
            "{:g} mg elemental by mouth in 24 h": limits.oral_24h,
        }
        texts = [text.format(value) for text, value in told.items() if value]
        when = f" ({'; '.join(c.text for c in limits.when)})" if limits.when else ""
        yield from ("", f"**Limits**{when}: {'; '.join(filter(None, (*texts, limits.concentration, limits.because)))}.")
