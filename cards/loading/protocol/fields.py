"""The fields of a protocol file: what stands at a path, as text, list or condition; errors name its line."""

from collections.abc import Callable, Mapping
from typing import Any, NoReturn, TypeVar

from cards.loading.protocol.conditions import ConditionReader
from cards.loading.reading import KnowledgeError, Places, did_you_mean
from cards.model.protocol import Condition

T = TypeVar("T")


class Fields:
    """One file. A path names keys and numbers of list items."""

    def __init__(self, told: Any, places: Places) -> None:
        self.told, self.places = told, places
        if not isinstance(told, dict):
            self.fail("a protocol is a mapping of protocol, unit, rows, ...")

    def error(self, reason: str, *path: object) -> KnowledgeError:
        """An error at a path."""
        return self.places.error(reason, *map(str, path))

    def fail(self, reason: str, *path: object) -> NoReturn:
        """Raise it."""
        raise self.error(reason, *path)

    def line(self, *path: object) -> int:
        """The line of a path; 0 when it is not there."""
        return self.places.lines.get(tuple(map(str, path)), 0)

    def only(self, allowed: frozenset[str], *path: object) -> None:
        """Refuse any key at a path that is not one of these."""
        told = self.at(*path)
        if not isinstance(told, dict):
            self.fail(f"a mapping of {', '.join(sorted(allowed))} is needed", *path)
        for key in told:
            if key not in allowed:
                near = did_you_mean(str(key), allowed) or f"; allowed: {', '.join(sorted(allowed))}"
                self.fail(f"unknown key {key!r}{near}", *path, key)

    def at(self, *path: object) -> Any:
        """What stands at a path; None where nothing does."""
        found: Any = self.told
        for step in path:
            if isinstance(found, list) and isinstance(step, int):
                found = found[step] if step < len(found) else None
            else:
                found = found.get(step) if isinstance(found, dict) else None
        return found

    def text(self, *path: object) -> str:
        """A scalar as it is written; "" where nothing stands."""
        value = self.at(*path)
        if isinstance(value, dict | list):
            self.fail(f"{path[-1]} needs a text", *path)
        return "" if value is None else self.places.written.get(tuple(map(str, path)), str(value)).strip()

    def choice(self, key: str, allowed: tuple[str, ...]) -> str:
        """One of a few words; the first where nothing stands."""
        told = self.text(key) or allowed[0]
        if told not in allowed:
            self.fail(f"{key} is {told!r}; allowed: {', '.join(allowed)}", key)
        return told

    def mapping(self, *path: object) -> Mapping[str, Any]:
        """A mapping, empty where nothing stands; a list of names is one without values."""
        told = self.at(*path)
        if isinstance(told, list) and all(isinstance(name, str) for name in told):
            return dict.fromkeys(told)
        if told is not None and not isinstance(told, dict):
            self.fail(f"{path[-1]} needs a mapping", *path)
        return told or {}

    def texts_of(self, key: str) -> dict[str, str]:
        """A mapping of texts; a single text stands for `document`."""
        if isinstance(self.at(key), str):
            return {"document": self.text(key)}
        return {str(name): self.text(key, name) for name in self.mapping(key)}

    def several(self, *path: object) -> list[tuple[str, tuple[object, ...]]]:
        """The texts of a list, or the one text, each with its path."""
        told = self.at(*path)
        if told is None:
            return []
        if not isinstance(told, list):
            return [(self.text(*path), path)]
        return [(self.text(*path, number), (*path, number)) for number in range(len(told))]

    def conditions(self, ask: ConditionReader, *path: object) -> tuple[Condition, ...]:
        """The conditions of a list, which must all hold."""
        return tuple(self._condition(ask, text, *at) for text, at in self.several(*path))

    def _condition(self, ask: ConditionReader, text: str, *path: object) -> Condition:
        return self.read(lambda told: ask.read(told, self.line(*path)), text, *path)

    def read(self, reader: Callable[[str], T], text: str, *path: object) -> T:
        """What a reader makes of a text; its ValueError becomes an error of this file."""
        try:
            return reader(text)
        except KnowledgeError:
            raise
        except ValueError as problem:
            raise self.error(str(problem), *path) from None
