"""Classes and roles of drugs (drugs/classes.yaml, drugs/roles.yaml)."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from importlib.resources.abc import Traversable
from typing import Any

from cards.loading.reading import KnowledgeError, did_you_mean, read_yaml
from cards.model import DrugClass

_KEYS = frozenset(field.name for field in fields(DrugClass)) - {"name"}
_LISTS = frozenset({"corrected_before", "binds", "order_of", "with_iv_by_vein"})
_SETTINGS = frozenset({"inpatient", "outpatient"})


@dataclass(frozen=True, slots=True)
class DrugTables:
    """The classes by name, and the roles that a drug may play with what each means."""

    classes: Mapping[str, DrugClass]
    roles: Mapping[str, str]


def read_drug_tables(
    folder: Traversable, monitoring: Collection[str], thresholds: Collection[str], alternatives: Collection[str]
) -> DrugTables:
    """The classes and roles; KnowledgeError for a key, time, number or drug that is not known."""
    path = folder / "classes.yaml"
    told = {name: entry or {} for name, entry in read_yaml(path).items()}
    for name, entry in told.items():
        checks: tuple[tuple[str, Iterable[Any], Collection[str]], ...] = (
            ("key", entry, _KEYS),
            ("setting", entry.get("recheck", ()), _SETTINGS),
            ("time", (*entry.get("recheck", {}).values(), *entry.get("monitored", {}).values()), monitoring),
            ("threshold", _named(entry, "plausible_after", "counts_after_stop", "order_below"), thresholds),
            ("alternative", _named(entry, "instead", "partner"), alternatives),
        )
        for what, used, known in checks:
            check_known(f"{path.name}: {name}", what, used, known)
    return DrugTables({name: _class(name, entry) for name, entry in told.items()}, read_yaml(folder / "roles.yaml"))


def _named(entry: Mapping[str, Any], *keys: str) -> list[Any]:
    return [entry[key] for key in keys if key in entry]


def _class(name: str, entry: Mapping[str, Any]) -> DrugClass:
    told: dict[str, Any] = {key: tuple(value) if key in _LISTS else value for key, value in entry.items()}
    return DrugClass(name, **told)


def check_ingredients(tables: DrugTables, ingredients: Collection[str]) -> None:
    """KnowledgeError when a class names an ingredient that no drug has."""
    for name, each in tables.classes.items():
        named = (
            *each.corrected_before,
            *each.binds,
            *each.with_iv_by_vein,
            *(each.order_of or ()),
            *(each.monitored.keys() - {"any"}),
        )
        check_known(f"classes.yaml: {name}", "ingredient", named, ingredients)


def check_known(where: str, what: str, used: Iterable[str], known: Collection[str]) -> None:
    """KnowledgeError for the first name that is not known, with the names like it."""
    for name in used:
        if name not in known:
            raise KnowledgeError(f"{where}: unknown {what} {name!r}{did_you_mean(str(name), known)}")
