"""The rows of a protocol."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from cards.loading.protocol.conditions import ConditionReader
from cards.loading.protocol.fields import Fields
from cards.loading.protocol.quantities import a_level, a_range, a_time, an_amount
from cards.loading.protocol.rechecks import a_recheck
from cards.loading.protocol.sentences import an_order
from cards.loading.protocol.vocabulary import Named, Vocabulary
from cards.model.protocol import Order, Range, Row

_REMARKS = ("course", "repeat", "note", "notes", "because")
_SAYS = ("give", "one_of", "then", "act", "tell", "order_test")
_ROW = frozenset({"row", "level", "when", "pick", "recheck", *_SAYS, *_REMARKS})
_ROUTES = frozenset({"iv", "oral", "tube", "im"})
_PICKS = frozenset({"dose", "over", "every", "doses", "per_day"})


class RowReader:
    """Reads the rows of one file."""

    def __init__(
        self, fields: Fields, words: Vocabulary, ask: ConditionReader, own: Mapping[str, Named], unit: str
    ) -> None:
        self.fields, self.words, self.ask, self.own, self.unit = fields, words, ask, own, unit

    def all(self) -> tuple[Row, ...]:
        """The rows, each with a name of its own."""
        told = self.fields.at("rows")
        if not isinstance(told, list) or not told:
            self.fields.fail("a protocol needs rows: a list, read from the top", "rows")
        rows = tuple(self._row(number) for number in range(len(told)))
        for number, row in enumerate(rows):
            if row.name in {before.name for before in rows[:number]}:
                self.fields.fail(f"two rows are called {row.name!r}", "rows", number)
        return rows

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
            level=f.read(lambda t: a_level(t, self.unit), f.text(*at, "level"), *at, "level"),
            when=f.conditions(self.ask, *at, "when"),
            give=self._orders(*at, "give"),
            one_of=self._orders(*at, "one_of"),
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
        read = tuple(f.read(lambda t: an_order(t, self.words, self.own), text, *at) for text, at in f.several(*path))
        return read if path[-1] == "then" else self._picked(read, *path[:-1], "pick")

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
