"""The rows of a protocol."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from cards.loading.protocol.conditions import ConditionReader
from cards.loading.protocol.fields import Fields
from cards.loading.protocol.quantities import a_level, a_range, a_time, an_amount
from cards.loading.protocol.rechecks import a_recheck
from cards.loading.protocol.sentences import an_order
from cards.loading.protocol.vocabulary import Named, Vocabulary, plain
from cards.loading.reading import did_you_mean
from cards.model.protocol import Level, Order, Range, Row

_REMARKS = ("course", "repeat", "note", "notes", "because")
_AS = "as "  # "as severe": the orders of that row
_SAYS = ("give", "one_of", "then", "act", "tell", "order_test")
_ROW = frozenset({"row", "level", "when", "pick", "recheck", "source", *_SAYS, *_REMARKS})
_ROUTES = frozenset({"iv", "oral", "tube", "im"})
_PICKS = frozenset({"dose", "over", "every", "doses", "per_day"})


class RowReader:
    """Reads the rows of one file."""

    def __init__(
        self,
        fields: Fields,
        words: Vocabulary,
        ask: ConditionReader,
        own: Mapping[str, Named],
        unit: tuple[str, float],
    ) -> None:
        self.fields, self.words, self.ask, self.own = fields, words, ask, own
        self.unit, self.per_mmol = unit

    def all(self) -> tuple[Row, ...]:
        """The rows, each with a name of its own."""
        told = self.fields.at("rows")
        if not isinstance(told, list) or not told:
            self.fields.fail("a protocol needs rows: a list, read from the top", "rows")
        names = [self.fields.text("rows", number, "row") for number in range(len(told))]
        for number, name in enumerate(names):
            if name and name in names[:number]:
                self.fields.fail(f"two rows are called {name!r}", "rows", number)
        return tuple(row for number in range(len(told)) for row in self._rows(number, names))

    def _rows(self, number: int, names: list[str]) -> Iterator[Row]:
        """A row; one for each state of the kidneys where its orders are told by them."""
        row, at = self._row(number), self._told_at(number, names)
        path, like = ("rows", at, "give"), names[at] if at != number else ""
        by_kidneys = self.fields.at(*path)
        if not isinstance(by_kidneys, dict):
            yield replace(row, give=self._picked(self._orders(*path), "rows", number, "pick"), like=like)
            return
        self.fields.only(frozenset(self.words.states["kidneys"]), *path)
        for state in by_kidneys:
            orders = self._picked(self._orders(*path, state), "rows", number, "pick")
            asked = self.ask.read(f"kidneys {state}", row.line)
            named = replace(row, name=f"{row.name} ({state})", at_kidneys=str(state), like=like or row.name)
            yield replace(named, when=(asked, *row.when), give=orders)

    def _told_at(self, number: int, names: list[str]) -> int:
        """The number of the row that tells the orders of a row: itself, or the one that it repeats."""
        f, told = self.fields, self.fields.at("rows", number, "give")
        if not isinstance(told, str) or not told.startswith(_AS):
            return number
        name = told.removeprefix(_AS).strip()
        if name not in names:
            f.fail(f"give: no row is called {name!r}{did_you_mean(name, names)}", "rows", number, "give")
        found = names.index(name)
        repeated = f.at("rows", found, "give")
        if repeated is None or (isinstance(repeated, str) and repeated.startswith(_AS)):
            f.fail(f"give: row {name!r} has no orders of its own under give", "rows", number, "give")
        return found

    def _row(self, number: int) -> Row:
        f, at = self.fields, ("rows", number)
        f.only(_ROW, *at)
        name = f.text(*at, "row") or f.fail("a row needs a name: row: low", *at)
        if f.at(*at, "level") is None:
            f.fail(f'row "{name}" needs a level; any is one', *at)
        if not any(f.at(*at, key) for key in _SAYS):
            f.fail(f'row "{name}" says nothing: it needs one of {", ".join(_SAYS)}', *at)
        return Row(
            name=name,
            level=f.read(self._level, f.text(*at, "level"), *at, "level"),
            when=f.conditions(self.ask, *at, "when"),
            one_of=self._picked(self._orders(*at, "one_of"), *at, "pick"),
            then=self._orders(*at, "then"),
            recheck=self._recheck(*at, "recheck"),
            tell=tuple(text for text, _ in f.several(*at, "tell")),
            act=f.text(*at, "act"),
            order_test=tuple(text for text, _ in f.several(*at, "order_test")),
            remarks=tuple(text for key in _REMARKS for text, _ in f.several(*at, key)),
            line=f.line(*at),
        )

    def _orders(self, *path: object) -> tuple[Order, ...]:
        f = self.fields
        return tuple(f.read(lambda t: an_order(t, self.words, self.own), text, *at) for text, at in f.several(*path))

    def _level(self, text: str) -> Level:
        """A level by its ends, or by the name that the service has for it."""
        ends = self.words.levels.get(plain(text))
        if ends is None:
            return a_level(text, self.unit)
        low, below = (round(end * self.per_mmol, 6) for end in ends)
        return Level(low, below, True, False, text, plain(text))

    def _picked(self, orders: tuple[Order, ...], *path: object) -> tuple[Order, ...]:
        """The orders with the site's own choice inside their ranges."""
        f = self.fields
        for key in f.mapping(*path):
            if key not in _PICKS:
                f.fail(f"pick: unknown key {key!r}; allowed: {', '.join(sorted(_PICKS))}", *path, key)
            if orders and not any(self._fits(order, str(key), *path) for order in orders):
                f.fail(f"pick: {key} {f.text(*path, key)} lies in no range of this row", *path, key)
        for key in f.mapping(*path):
            orders = tuple(self._chosen(order, str(key), *path) for order in orders)
        return orders

    def _value(self, order: Order, key: str, *path: object) -> Range | None:
        f = self.fields
        text = f.text(*path, key)
        if key == "dose":
            amount = f.read(lambda t: an_amount(t, self.words), text, *path, key)
            return amount.range if amount.unit == order.amount.unit else None
        read = a_range if key in ("doses", "per_day") else (lambda t: a_time(t, self.words))
        return f.read(read, text, *path, key)

    def _fits(self, order: Order, key: str, *path: object) -> bool:
        told = order.amount.range if key == "dose" else getattr(order, key)
        value = self._value(order, key, *path)
        return told is not None and value is not None and told.holds(value)

    def _chosen(self, order: Order, key: str, *path: object) -> Order:
        value = self._value(order, key, *path)
        if value is None or not self._fits(order, key, *path):
            return order
        if key == "dose":
            return replace(order, amount=replace(order.amount, range=value))
        changed: dict[str, Any] = {key: value}
        return replace(order, **changed)

    def _recheck(self, *path: object) -> dict[str, str]:
        f = self.fields
        told = f.at(*path)
        if isinstance(told, dict):
            f.only(_ROUTES, *path)
            return {str(route): f.read(a_recheck, f.text(*path, route), *path, route) for route in told}
        read = [f.read(a_recheck, text, *at) for text, at in f.several(*path)]
        return {"": " and ".join(read)} if read else {}
