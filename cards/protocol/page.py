"""A protocol as a page for people: its table, what the shipped doses are beside it, and the shipped rows."""

from collections.abc import Iterator
from dataclasses import dataclass

from cards.loading import Knowledge
from cards.model.protocol import KidneyRow, Protocol, Row
from cards.protocol import engine
from cards.protocol.beside import beside, levels_of
from cards.protocol.kidneys import kidneys, span
from cards.protocol.levels import bare_spans
from cards.protocol.say import order_text, range_text, time_text

Cells = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its title, what it holds in a sentence, the names of its columns, its rows."""

    title: str
    about: str
    head: Cells
    rows: tuple[Cells, ...]


@dataclass(frozen=True, slots=True)
class ProtocolPage:
    """The page: what stands above the tables, each a name ("" for none) and a text, and the tables."""

    title: str
    told: tuple[tuple[str, str], ...]
    tables: tuple[Table, ...]


def page(protocol: Protocol, knowledge: Knowledge) -> ProtocolPage:
    """The page of a protocol."""
    tables = (_rows(protocol), _kidneys(protocol), _beside(protocol, knowledge), _shipped(protocol, knowledge))
    return ProtocolPage(protocol.title or protocol.id, tuple(_told(protocol)), tuple(t for t in tables if t.rows))


def markdown(shown: ProtocolPage) -> str:
    """The page as text."""
    return "\n".join(_lines(shown))


def _lines(shown: ProtocolPage) -> Iterator[str]:
    yield f"# {shown.title}\n"
    for name, text in shown.told:
        yield f"**{name}**: {text}\n" if name else f"{text}\n"
    for table in shown.tables:
        yield f"## {table.title}\n{table.about}\n"
        yield from (f"| {' | '.join(cells)} |" for cells in (table.head, ("---",) * len(table.head), *table.rows))
        yield ""


# -- above the tables -------------------------------------------------------------------------------------------------
def _told(protocol: Protocol) -> Iterator[tuple[str, str]]:
    signed = protocol.approved
    yield "", f"Signed by {signed['by']}, {signed['date']}." if signed else "A draft: nobody has signed it."
    if protocol.source:
        yield "Source", "; ".join(f"{key} {value}" for key, value in protocol.source.items())
    yield "For", f"{'; '.join(c.text for c in protocol.scope) or 'everybody'}. Others: {protocol.otherwise}."
    for route, conditions in protocol.not_by_route.items():
        yield f"Not {'IV' if route == 'iv' else route} if", f"{', '.join(c.text for c in conditions)}."
    yield from _limits(protocol)


def _limits(protocol: Protocol) -> Iterator[tuple[str, str]]:
    for limits in protocol.limits:
        told = {
            "IV at most {:g} g/h": limits.iv_rate,
            "{:g} g IV in 24 h": limits.iv_24h,
            "{:g} g IV an order": limits.iv_order,
            "{:g} mg elemental by mouth in 24 h": limits.oral_24h,
        }
        texts = [text.format(value) for text, value in told.items() if value]
        when = f" ({'; '.join(c.text for c in limits.when)})" if limits.when else ""
        yield f"Limits{when}", f"{'; '.join(filter(None, (*texts, limits.concentration, limits.because)))}."


# -- its own tables ---------------------------------------------------------------------------------------------------
def _rows(protocol: Protocol) -> Table:
    head = ("row", f"level ({protocol.unit})", "when", "order", "recheck")
    rows = ((r.name, r.level.text, _when(r), "; ".join(_orders(r)), _recheck(r)) for r in protocol.rows)
    return Table("The protocol", "From the top, the first row that fits a patient answers.", head, tuple(rows))


def _when(row: Row, leaves_out: int = 0) -> str:
    return "; ".join(condition.text for condition in row.when[leaves_out:])


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
    times = set(row.recheck.values())
    if len(times) == 1:
        return times.pop()
    return "; ".join(f"{'IV' if route == 'iv' else route}: {when}" for route, when in row.recheck.items())


def _kidneys(protocol: Protocol) -> Table:
    head = ("kidneys", "route", "dose", "over", "recheck")
    about = "What poor kidneys make of an order of these rows; the first line that holds counts."
    return Table("Poor kidneys", about, head, tuple(map(_kidney_cells, protocol.kidneys)))


def _kidney_cells(row: KidneyRow) -> Cells:
    over = time_text(row.over) if row.over else f"x {row.over_factor:g}" if row.over_factor != 1 else "as it is"
    route = "IV" if row.route == "iv" else row.route or "any"
    return (row.when.text, route, _dose(row), over, row.recheck)


def _dose(row: KidneyRow) -> str:
    """What a row of the kidneys makes of a dose, and what it asks for instead."""
    amount = f"{range_text(row.dose.range)} {row.dose.unit.removesuffix(' salt')}" if row.dose else ""
    dose = amount or (f"x {row.factor:g}" if row.factor else "none")
    told = (*((row.act,) if row.act else ()), *(f"tell {who}" for who in row.tell))
    return "; ".join((dose, *told))


# -- beside what is shipped -------------------------------------------------------------------------------------------
def _beside(protocol: Protocol, knowledge: Knowledge) -> Table:
    about = (
        "For an adult in hospital who has what the row asks for and nothing else (out of hospital where the protocol is"
        " for outpatients). Ceilings and stops are told by protocol check."
    )
    head = ("row", f"level ({protocol.unit})", "kidneys", "this protocol", "shipped doses")
    rows = ((b.row, b.level, b.kidneys, b.own, b.shipped) for b in beside(protocol, knowledge))
    return Table("Side by side with the shipped doses", about, head, tuple(rows))


def _shipped(protocol: Protocol, knowledge: Knowledge) -> Table:
    """The rows of the shipped protocol for the levels of this one, its doses by the state of the kidneys."""
    levels = sorted({value for row in protocol.rows for value in levels_of(row, protocol, knowledge)})
    states = kidneys(knowledge.shipped, knowledge)
    found: dict[Cells, dict[str, str]] = {}
    for row in filter(_is_possible, knowledge.shipped.rows):
        held = [v for v in levels if row.level.holds(engine.printed(v / protocol.per_mmol, knowledge.shipped))]
        if held:
            name = row.name.removesuffix(f" ({row.at_kidneys})").replace("_", " ")
            doses = found.setdefault((name, bare_spans(held, protocol), _when(row, 1)), {})
            doses[row.at_kidneys] = ", then ".join(map(order_text, row.give))
    head = ("row", f"level ({protocol.unit})", "when", *(span([state]) for state in states))
    rows = ((*cells, *(doses.get(s.gate.name, "no dose") for s in states)) for cells, doses in found.items())
    about = "The first with an infusion counts, else the first by mouth."
    return Table("The shipped rows for these levels", about, head, tuple(rows))


def _is_possible(row: Row) -> bool:
    """Whether the conditions leave the state of the kidneys that the doses of a row are for."""
    asked = (a for c in row.when if len(c.either) == 1 for a in c.either[0] if a.of == "kidneys")
    return all((atom.state == row.at_kidneys) is not atom.no for atom in asked)
