"""What a medicine that holds magnesium is, by words of its name (magnesium_kinds.yaml)."""

import re
from dataclasses import dataclass
from importlib.resources.abc import Traversable

from cards.loading.reading import read_yaml
from cards.model import MagnesiumKind


@dataclass(frozen=True, slots=True, eq=False)
class MagnesiumKinds:
    """Kinds by pattern, in the order they are tried."""

    patterns: tuple[tuple[MagnesiumKind, re.Pattern[str]], ...]

    def of(self, told: str) -> MagnesiumKind | None:
        """The kind that the words of a medicine name; None when they name none of these."""
        return next((kind for kind, pattern in self.patterns if pattern.search(told)), None)


def read_magnesium_kinds(path: Traversable) -> MagnesiumKinds:
    """The kinds of a file."""
    kinds = read_yaml(path)["kinds"].items()
    return MagnesiumKinds(tuple((MagnesiumKind(kind), re.compile(told["words"], re.I)) for kind, told in kinds))
