"""Values of a site file, each with its place: what is not of the wanted kind fails with file and line."""

from collections.abc import Mapping
from math import isfinite
from typing import Any

from cards.loading.reading import Places

_NONE: Mapping[str, Any] = {}


class SiteValues:
    """What a site file tells, by place; an empty value is as good as none."""

    def __init__(self, told: Any, places: Places) -> None:
        self.told, self.places = told, places

    def known(self, key: Any, allowed: frozenset[str], *path: str) -> None:
        """KnowledgeError for a key that is none of those allowed."""
        if key not in allowed:
            raise self.places.error(f"unknown key {key!r}; allowed: {', '.join(sorted(allowed))}", *path)

    def at(self, *path: str) -> Any:
        """What stands at a place; None where nothing does."""
        found: Any = self.told
        for step in path:
            found = (found or _NONE).get(step)
        return found

    def text(self, *path: str, default: str = "") -> str:
        """A text; the default where nothing is told."""
        value = self.at(*path)
        if isinstance(value, dict | list):
            raise self.places.error(f"{'.'.join(path)} needs a text", *path)
        return default if value is None else self.places.written.get(path, str(value))

    def items(self, *path: str) -> list[Any]:
        """A list; empty where nothing is told."""
        value = self.at(*path)
        if value is not None and not isinstance(value, list):
            raise self.places.error(f"{'.'.join(path)} needs a list", *path)
        return value or []

    def texts(self, *path: str) -> tuple[str, ...]:
        """A list of texts."""
        for number, item in enumerate(self.items(*path)):
            if not isinstance(item, str):
                raise self.places.error(f"{'.'.join(path)}: {item!r} is not a text", *path, str(number))
        return tuple(self.items(*path))

    def choice(self, section: str, key: str, allowed: tuple[str, ...]) -> str:
        """One of some words, the first where nothing is told."""
        value = self.text(section, key, default=allowed[0])
        if value not in allowed:
            raise self.places.error(f"{section}.{key} is {value!r}; allowed: {', '.join(allowed)}", section, key)
        return value

    def positive(self, value: Any, *path: str) -> float:
        """A number above 0."""
        if isinstance(value, bool) or not isinstance(value, int | float) or not (isfinite(value) and value > 0):
            raise self.places.error(f"{path[-1]}: {value!r} is not a number above 0", *path)
        return float(value)

    def numbered(self, *path: str) -> list[tuple[int, Any]]:
        """The entries of a list with their numbers."""
        return list(enumerate(self.items(*path)))

    def entry(self, item: Any, keys: frozenset[str], *path: str) -> dict[str, str]:
        """A list item that is a mapping of exactly these keys to texts."""
        if not isinstance(item, dict) or set(item) != keys:
            raise self.places.error(f"{'.'.join(path[:-1])}: each needs exactly {', '.join(sorted(keys))}", *path)
        wrong = next((key for key, value in item.items() if isinstance(value, dict | list | bool | None)), None)
        if wrong is not None:
            raise self.places.error(f"{'.'.join(path[:-1])}: {wrong} needs a text", *path, wrong)
        return {key: self.places.written.get((*path, key), str(value)) for key, value in item.items()}
