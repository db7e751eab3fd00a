"""The phrases of a language (words/<language>/phrases.yaml)."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any

from cards.loading.reading import read_yaml
from cards.model import RenalGate


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """Phrases by dotted key; a list holds the form for one and the form for several."""

    phrases: Mapping[str, Any]

    def say(self, key: str, **values: object) -> str:
        """A phrase, filled in; LookupError when there is none of that key."""
        return str(self.phrases[key]).format(**values)

    def form(self, key: str, several: bool) -> str:
        """A word in the form that fits one thing or several."""
        one, many = self.phrases[key]
        return str(many if several else one)


def read_words(folder: Traversable) -> Words:
    """The phrases of a language."""
    return Words(dict(_flat(read_yaml(folder / "phrases.yaml"))))


def _flat(told: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    for key, value in told.items():
        found += _flat(value, f"{prefix}{key}.") if isinstance(value, dict) else [(f"{prefix}{key}", value)]
    return found


@dataclass(frozen=True, slots=True)
class RenalState:
    """A condition that puts the kidneys at a gate, and what a card calls it; some only where there is no eGFR."""

    condition: str
    gate: RenalGate
    words: str
    without_egfr: bool = False


def read_renal_states(path: Traversable) -> tuple[RenalState, ...]:
    """The states, the first that applies first."""
    told = read_yaml(path).items()
    return tuple(RenalState(name, RenalGate[e["gate"]], e["words"], e.get("without_egfr", False)) for name, e in told)
