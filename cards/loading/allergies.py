"""The table of what an allergy list may tell (allergies.yaml)."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources.abc import Traversable

from cards.loading.drug_classes import check_known
from cards.loading.reading import KnowledgeError, read_yaml
from cards.model import DrugRole

_KEYS = frozenset({"name", "drugs", "atc", "words", "offers"})
_NEVER = re.compile(r"(?!)")


@dataclass(frozen=True, slots=True)
class Substance:
    """What else than magnesium may be recorded: how it is named and known, and what is not offered beside it."""

    name: str
    drugs: frozenset[str]
    atc: tuple[str, ...]
    words: re.Pattern[str]
    offers: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class Allergies:
    """Substances by name, salts by the word that stands for them, reactions by name with the gravest first.

    `only_gut`: the reaction that asks for another salt only; `sparing`: the drugs that a line of advice names.
    """

    substances: Mapping[str, Substance]
    excipients: Mapping[str, re.Pattern[str]]
    reactions: Mapping[str, re.Pattern[str]]
    only_gut: str
    sparing: Mapping[str, tuple[str, ...]]

    def forbids(self, alternative: str) -> frozenset[str]:
        """The substances beside which an alternative of doses.yaml is not offered."""
        return frozenset(name for name, substance in self.substances.items() if alternative in substance.offers)


def read_allergies(
    path: Traversable, classes: Collection[str], roles: Mapping[str, Sequence[DrugRole]], alternatives: Collection[str]
) -> Allergies:
    """The table; KnowledgeError for a key, drug, drug class or alternative that is not known."""
    told = read_yaml(path)
    drugs = {*classes, *(role.ingredient for listed in roles.values() for role in listed)}
    for name, entry in told["substances"].items():
        check_known(f"{path.name}: {name}", "key", entry, _KEYS)
        check_known(f"{path.name}: {name}", "drug", entry.get("drugs", ()), drugs)
        check_known(f"{path.name}: {name}", "alternative", entry.get("offers", ()), alternatives)
    for line, names in told["sparing"].items():
        check_known(f"{path.name}: sparing: {line}", "substance", names, told["substances"])
    reactions = {entry["name"]: re.compile(entry["words"]) for entry in told["reactions"]}
    if told["only_gut"] not in reactions:
        raise KnowledgeError(f"{path.name}: only_gut: unknown reaction {told['only_gut']!r}")
    return Allergies(
        substances={name: _substance(entry) for name, entry in told["substances"].items()},
        excipients={salt: re.compile(words) for salt, words in told["excipients"].items()},
        reactions=reactions,
        only_gut=told["only_gut"],
        sparing={line: tuple(names) for line, names in told["sparing"].items()},
    )


def _substance(told: Mapping[str, object]) -> Substance:
    def listed(key: str) -> tuple[str, ...]:
        found = told.get(key, ())
        return tuple(map(str, found)) if isinstance(found, list) else ()

    words = told.get("words")
    return Substance(
        name=str(told["name"]),
        drugs=frozenset(listed("drugs")),
        atc=listed("atc"),
        words=re.compile(str(words)) if words else _NEVER,
        offers=frozenset(listed("offers")),
    )
