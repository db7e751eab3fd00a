"""The shipped protocol (protocol.yaml), in the language of a hospital's own: its rows, and the doses that they give."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib.resources.abc import Traversable

from cards.loading.dose_tables import Doses, IvStep, Product
from cards.loading.protocol import Vocabulary, read_protocol
from cards.loading.reading import KnowledgeError
from cards.model import RenalGate
from cards.model.protocol import Atom, Order, Protocol, Row
from cards.units import UnitTable

_BY_MOUTH = "_oral"  # ends the names of rows by mouth
_STATES = frozenset({"kidneys", "oral"})


def read_shipped(path: Traversable, words: Vocabulary, units: UnitTable, products: Mapping[str, Product]) -> Protocol:
    """The protocol; KnowledgeError where a row asks what is not read for it, or tells no order by the kidneys."""
    protocol = read_protocol(path.read_text(encoding="utf-8"), path.name, words, units, products)
    for row in protocol.rows:
        if not (row.level.band and row.at_kidneys):
            raise KnowledgeError(f"{path.name}:{row.line}: a named level and orders by kidneys are needed")
        if unread := next((atom for atom in _asked(row) if not _is_read(atom, words)), None):
            raise KnowledgeError(f"{path.name}:{row.line}: {unread.text!r} is not read for this protocol")
        if (bag := _bag(row, words)) and bag not in products:
            raise KnowledgeError(f"{path.name}:{row.line}: {bag}: is not in products.yaml")
    return protocol


def _bag(row: Row, words: Vocabulary) -> str:
    """The product of an infusion: a bag of the smallest step."""
    steps = [_step(order, words).grams for order in row.give if order.route == "iv"]
    return f"iv_{min(steps):g}g" if steps else ""


def _asked(row: Row) -> Iterator[Atom]:
    return (atom for condition in row.when for both in condition.either for atom in both)


def _is_read(atom: Atom, words: Vocabulary) -> bool:
    if atom.kind == "state":
        return atom.of in _STATES
    return atom.kind == "word" and (atom.of in words.judged or atom.of in words.conditions)


def key_of(row: Row) -> str:
    """The name under which the doses of a row are kept and signed: of the row that tells them."""
    return row.like.removesuffix(_BY_MOUTH)


def with_rows(doses: Doses, protocol: Protocol, words: Vocabulary) -> Doses:
    """The doses with those of the protocol's rows: steps of an infusion, elemental mg a day by mouth."""
    iv, oral = dict(doses.iv), dict(doses.oral)
    for row in protocol.rows:
        gate, key = RenalGate[row.at_kidneys], key_of(row)
        if row.give[0].route == "iv":
            iv[key] = {**iv.get(key, {}), gate: tuple(_step(order, words) for order in row.give)}
        else:
            oral[key] = {**oral.get(key, {}), gate: round(row.give[0].amount.range.high)}
    return replace(doses, iv=iv, oral=oral)


def _step(order: Order, words: Vocabulary) -> IvStep:
    minutes = round(order.over.high) if order.over else 0
    return IvStep(order.amount.range.high * words.grams[order.amount.unit], minutes)
