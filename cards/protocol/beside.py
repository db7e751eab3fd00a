"""What a protocol orders, beside what the shipped one gives the same patients: by row, level and kidneys."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from cards.loading import Knowledge
from cards.model import Setting
from cards.model.protocol import Order, Protocol, Row
from cards.model.protocol_answer import Facts
from cards.protocol import engine
from cards.protocol.kidneys import Kidneys, is_for, kidneys, span
from cards.protocol.levels import bare_spans, facts_of, patients, values_to
from cards.protocol.say import order_text, reason_text

_IN_HOSPITAL = "in_hospital"
_ROUTES = ("iv", "oral")  # of the shipped rows the first with an infusion counts, else the first by mouth
_NOT_LOW = "nothing: the level is not low"
_NO_ORDER = "no dose"
Texts = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Beside:
    """What both give at some levels of a row and states of the kidneys."""

    row: str
    level: str
    kidneys: str
    own: str
    shipped: str


def beside(protocol: Protocol, knowledge: Knowledge) -> Iterator[Beside]:
    """Every row, for an adult who has what the row asks for and nothing else; in hospital, unless it says otherwise."""
    for row in protocol.rows:
        found: dict[tuple[tuple[str, Texts], ...], list[float]] = {}
        for value in levels_of(row, protocol, knowledge):
            found.setdefault(tuple(_by_kidneys(row, value, protocol, knowledge)), []).append(value)
        for told, held in found.items():
            yield from (Beside(row.name, bare_spans(held, protocol), which, *texts) for which, texts in told)


def levels_of(row: Row, protocol: Protocol, knowledge: Knowledge) -> list[float]:
    """The levels of a row that a laboratory can print, in the protocol's unit, up to where the shipped rows end."""
    low = max(shipped.level.high for shipped in knowledge.shipped.rows) / knowledge.shipped.per_mmol
    return [value for value in values_to(low * protocol.per_mmol, protocol) if row.level.holds(value)]


def _by_kidneys(row: Row, value: float, protocol: Protocol, knowledge: Knowledge) -> Iterator[tuple[str, Texts]]:
    """One entry for neighbouring states of the kidneys in which both give the same."""
    found: list[tuple[Texts, list[Kidneys]]] = []
    for state in kidneys(protocol, knowledge):
        facts = _patient(row, value, state, protocol, knowledge)
        if facts is None:
            continue
        texts = (_own(row, facts, protocol, knowledge), _shipped(facts, knowledge))
        if found and found[-1][0] == texts:
            found[-1][1].append(state)
        else:
            found.append((texts, [state]))
    yield from ((span(states), texts) for texts, states in found)


def _patient(row: Row, value: float, state: Kidneys, protocol: Protocol, knowledge: Knowledge) -> Facts | None:
    """Somebody of this level and with these kidneys for whom the row is; None where it is for nobody."""
    for kind in patients([row], protocol):
        told = facts_of(kind, value, protocol.per_mmol)
        made = replace(
            told, numbers={**told.numbers, **state.facts.numbers}, states={**told.states, **state.facts.states}
        )
        if engine.fits(row, made, protocol) and is_for(protocol, made):
            return _placed(made, protocol, knowledge)
    return None


def _placed(facts: Facts, protocol: Protocol, knowledge: Knowledge) -> Facts:
    """In hospital, where neither row nor scope names a unit of another kind."""
    scope = {a.of for c in protocol.scope for both in c.either for a in both if a.kind == "unit" and not a.no}
    settings = (knowledge.protocol_words.unit_settings.get(unit) for unit in facts.units | scope)
    is_out = Setting.AMBULATORY.value in settings
    return facts if is_out else replace(facts, has=frozenset({*facts.has, _IN_HOSPITAL}))


def _own(row: Row, facts: Facts, protocol: Protocol, knowledge: Knowledge) -> str:
    answer = engine.ask(replace(protocol, scope=(), needs=(), rows=(row,)), facts)
    ways = (" and ".join(map(order_text, bundle)) for bundle in answer.bundles)
    return " or ".join(ways) or reason_text(answer.why, knowledge.words)


def _shipped(facts: Facts, knowledge: Knowledge) -> str:
    rows = engine.at_level(knowledge.shipped, facts)
    fitting = [row for row in rows if engine.fits(row, facts, knowledge.shipped)]
    first = (row for route in _ROUTES for row in fitting if row.give[0].route == route)
    orders: tuple[Order, ...] = next((row.give for row in first), ())
    return ", then ".join(map(order_text, orders)) or (_NO_ORDER if rows else _NOT_LOW)
