"""Asks a protocol about a patient: for whom, which row, what it orders, what the kidneys and routes change."""

from collections.abc import Iterable, Mapping

from cards.model.protocol import Atom, Condition, KidneyRow, Level, Need, Order, Protocol, Row
from cards.model.protocol_answer import Answer, Facts, Reason
from cards.protocol.adjusted import by_weight, for_kidneys
from cards.units import round_half_up
from cards.wording import listed

_ORAL = ("oral",)


def printed(magnesium: float, protocol: Protocol) -> float:
    """A magnesium of so many mmol/L as the laboratory would print it in the protocol's unit: rounded half up."""
    return round_half_up(magnesium * protocol.per_mmol, protocol.decimals)


def ask(protocol: Protocol, facts: Facts) -> Answer:
    """What the protocol says of a patient, with nothing of ours around it."""
    for condition in protocol.scope:
        if not holds(condition, facts, protocol):
            return Answer(False, why=_needs(condition))
    if facts.magnesium is None:
        return Answer(True, why=Reason("no_magnesium"))
    if lacking := _lacking(protocol, facts):
        return lacking
    row = _row(protocol, facts)
    if row is None:
        return Answer(True, why=_why_no_row(protocol, facts))
    return _answer(row, protocol, facts)


# -- conditions -------------------------------------------------------------------------------------------------------
def holds(condition: Condition, facts: Facts, protocol: Protocol) -> bool:
    """Whether one of its alternatives does; what is not known is not so."""
    return any(all(_is_so(atom, facts, protocol) for atom in both) for both in condition.either)


def _is_so(atom: Atom, facts: Facts, protocol: Protocol) -> bool:
    return _ASKED[atom.kind](atom, facts, protocol) is not atom.no


def _word(atom: Atom, facts: Facts, _: Protocol) -> bool:
    return atom.of in facts.has or (atom.of == "telemetry" and "telemetry" in facts.units)


def _unit(atom: Atom, facts: Facts, _: Protocol) -> bool:
    return atom.of in facts.units or (atom.of == "telemetry" and "telemetry" in facts.has)


def _permission(atom: Atom, facts: Facts, _: Protocol) -> bool:
    return atom.of in facts.permissions


def _state(atom: Atom, facts: Facts, _: Protocol) -> bool:
    told = facts.states.get(atom.of)
    if atom.of == "oral" and atom.state == "possible":  # nobody says that it is not; by tube too
        return told != "nil"
    return told == atom.state


def _known(atom: Atom, facts: Facts, _: Protocol) -> bool:
    return _is_known(atom.of, facts)


def _is_known(of: str, facts: Facts) -> bool:
    return (
        of in facts.numbers
        or _per_kg(of, facts) is not None
        or of in facts.states
        or (of == "magnesium" and facts.magnesium is not None)
    )


def _number(atom: Atom, facts: Facts, protocol: Protocol) -> bool:
    if atom.of == "magnesium":
        value = None if facts.magnesium is None else printed(facts.magnesium, protocol)
    else:
        value = facts.numbers.get(atom.of, _per_kg(atom.of, facts))
    return value is not None and atom.level is not None and atom.level.holds(value)


def _per_kg(of: str, facts: Facts) -> float | None:
    """A number for the weight, of that number and the weight."""
    whole, weight = facts.numbers.get(of.removesuffix("_per_kg")), facts.numbers.get("weight")
    return whole / weight if of.endswith("_per_kg") and whole is not None and weight else None


_ASKED = {
    "word": _word,
    "unit": _unit,
    "permission": _permission,
    "state": _state,
    "known": _known,
    "number": _number,
}


# -- the row ----------------------------------------------------------------------------------------------------------
def _row(protocol: Protocol, facts: Facts) -> Row | None:
    return next((row for row in at_level(protocol, facts) if fits(row, facts, protocol)), None)


def at_level(protocol: Protocol, facts: Facts) -> list[Row]:
    """The rows for the patient's level: by its name where a row names one and the patient's is known, else by value."""
    value, named = printed(facts.magnesium or 0.0, protocol), facts.states.get("band")
    return [row for row in protocol.rows if _is_at(row.level, value, named)]


def _is_at(level: Level, value: float, named: str | None) -> bool:
    return level.holds(value) if named is None or not level.band else level.band == named


def fits(row: Row, facts: Facts, protocol: Protocol) -> bool:
    """Whether all its conditions hold."""
    return all(holds(condition, facts, protocol) for condition in row.when)


def _why_no_row(protocol: Protocol, facts: Facts) -> Reason:
    value = {"value": f"{printed(facts.magnesium or 0.0, protocol):.{protocol.decimals}f} {protocol.unit}"}
    rows = at_level(protocol, facts)
    if not rows:
        return Reason("no_row", value)
    failed = ((row, c) for row in rows for c in row.when if not holds(c, facts, protocol))
    return Reason("no_row_fits", value, tuple(_needs(c, row.name) for row, c in failed))


def _needs(condition: Condition, row: str = "") -> Reason:
    """What the protocol, or one row of it, asks for."""
    named = {"row": row} if row else {}
    return Reason("row_needs" if row else "needs", {**named, "condition": condition.text})


def _lacking(protocol: Protocol, facts: Facts) -> Answer | None:
    """The answer where a value that a row for this level needs is missing or too old."""
    if not at_level(protocol, facts):
        return None
    lack = next((need for need in protocol.needs if _lacks(need, facts)), None)
    if lack is None:
        return None
    why = Reason("too_old" if _is_known(lack.of, facts) else "not_known", {"what": lack.of})
    return Answer(True, why=why, order_test=(lack.otherwise,) if lack.otherwise else ())


def _lacks(need: Need, facts: Facts) -> bool:
    if not _is_known(need.of, facts):
        return True
    age = facts.numbers.get("age_h" if need.of == "magnesium" else f"age_h.{need.of}")
    return need.within is not None and age is not None and age > need.within


# -- the orders -------------------------------------------------------------------------------------------------------
def _answer(row: Row, protocol: Protocol, facts: Facts) -> Answer:
    today = tuple(order for order in row.give if _is_of_day(order, facts))
    give, one_of, then = (tuple(_given(orders, protocol, facts)) for orders in (today, row.one_of, row.then))
    asked = [*today, *row.one_of]
    lost = len(give) < len(today) or (bool(row.one_of) and not one_of)
    if lost:
        give, one_of, then = (), (), ()
    first = (give or one_of or (None,))[0]
    changed = _kidney(first, protocol, facts) if first else _kidney_of_row(asked, protocol, facts)
    why = _why_lost(asked, protocol, facts) if lost else None if first else _instead(row)
    return Answer(
        True,
        row,
        why,
        give,
        one_of,
        then,
        recheck=_rechecks(row, changed) if first or not asked else {},
        tell=(*row.tell, *(changed.tell if changed else ())),
        act=(changed.act if changed else "") or row.act,
        order_test=row.order_test,
    )


def _is_of_day(order: Order, facts: Facts) -> bool:
    """Whether an order is for the day of the course, where that is known; else a course is ordered as a whole."""
    day = facts.numbers.get("day")
    return order.days is None or day is None or order.days.low <= day <= order.days.high


def _instead(row: Row) -> Reason:
    """What a row without an order asks for."""
    if row.act:
        return Reason("act", {"act": row.act})
    if row.order_test:
        return Reason("tests_first", {"tests": listed(row.order_test)})
    return Reason("row_is_empty", {"row": row.name})


def _rechecks(row: Row, changed: KidneyRow | None) -> Mapping[str, str]:
    return {"": changed.recheck} if changed and changed.recheck else row.recheck


def _given(orders: Iterable[Order], protocol: Protocol, facts: Facts) -> Iterable[Order]:
    """The orders that route and kidneys leave, as the kidneys make them and by the patient's weight."""
    for order in orders:
        if _excluded(order, protocol, facts) or (order.route in _ORAL and facts.states.get("oral") == "nil"):
            continue
        made = at_kidneys(order, protocol, facts)
        if made is not None:
            yield by_weight(made, facts)


def _excluded(order: Order, protocol: Protocol, facts: Facts) -> Condition | None:
    told = protocol.not_by_route.get(order.route, ())
    return next((condition for condition in told if holds(condition, facts, protocol)), None)


def _why_lost(orders: Iterable[Order], protocol: Protocol, facts: Facts) -> Reason:
    for order in orders:
        if excluded := _excluded(order, protocol, facts):
            return Reason(f"excluded_{order.route}", {"condition": excluded.text})
    if any(order.route in _ORAL for order in orders) and facts.states.get("oral") == "nil":
        return Reason("no_oral")
    return Reason("kidneys")


def _kidney(order: Order, protocol: Protocol, facts: Facts) -> KidneyRow | None:
    rows = (row for row in protocol.kidneys if row.route in ("", order.route))
    return next((row for row in rows if holds(row.when, facts, protocol)), None)


def _kidney_of_row(orders: Iterable[Order], protocol: Protocol, facts: Facts) -> KidneyRow | None:
    return next((found for order in orders if (found := _kidney(order, protocol, facts))), None)


def at_kidneys(order: Order, protocol: Protocol, facts: Facts) -> Order | None:
    """An order as the protocol's own rows of the kidneys make it for a patient; None where they give none."""
    changed = _kidney(order, protocol, facts)
    return for_kidneys(order, changed) if changed else order
