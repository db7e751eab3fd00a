"""Analytes: one file each (codes/analytes) says all that is known of one; the spellings of units stand once for all."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any

from cards.loading.reading import KnowledgeError, did_you_mean, read_yaml
from cards.units import Unit, spelling

_SUFFIX = ".yaml"
_ANY, _NONE = "any", "none"
_KEYS = frozenset(
    {"codes", "units", "possible", "names", "in_blood", "fresh", "asked", "opens", "source"}
)  # fmt: skip
Units = Mapping[str, Unit]


@dataclass(frozen=True, slots=True)
class Analyte:
    """What is known of an analyte.

    `codes`: of LOINC, with what it calls them. `units` by spelling, the canonical one first; of an analyte without
    any no quantity is read. `possible`: what a patient can have, in the canonical unit; None: anything. `names`:
    whole names of results without a code. `in_blood`: under its codes another fluid is another analyte. `fresh`:
    the threshold of the age up to which it counts; "" as electrolytes do. `asked`: the key of the input that asks
    for it; "" for none. `opens`: a new result can bring a card of its own.
    """

    name: str
    codes: Mapping[str, str]
    units: Units
    possible: tuple[float, float] | None
    names: tuple[str, ...]
    in_blood: bool
    fresh: str
    asked: str
    opens: bool


def read_analytes(folder: Traversable) -> dict[str, Analyte]:
    """The analytes of a knowledge folder by name; KnowledgeError for what lacks or names nothing."""
    paths = sorted((folder / "codes" / "analytes").iterdir(), key=lambda p: p.name)
    told = {p.name.removesuffix(_SUFFIX): read_yaml(p) for p in paths if p.name.endswith(_SUFFIX)}
    spelled = read_yaml(folder / "units.yaml")["spelled"]
    units = {name: _units(name, each, spelled) for name, each in told.items()}
    return {name: _analyte(name, each, _units_of(name, told, units)) for name, each in told.items()}


def _wrong(name: str, reason: str) -> KnowledgeError:
    return KnowledgeError(f"{name}{_SUFFIX}: {reason}")


def _units(name: str, told: Any, spelled: Mapping[str, list[str]]) -> Units:
    """The units that an analyte has of its own."""
    if not isinstance(told, dict) or not isinstance(told.get("codes"), dict) or not told.get("units"):
        raise _wrong(name, f"needs codes and units; {_NONE}, where no quantity is read")
    if unknown := next((key for key in told if key not in _KEYS), None):
        raise _wrong(name, f"unknown key {unknown!r}{did_you_mean(str(unknown), _KEYS)}")
    return dict(_spelled(told["units"], spelled)) if isinstance(told["units"], dict) else {}


def _spelled(units: Mapping[str, Any], spelled: Mapping[str, list[str]]) -> Iterator[tuple[str, Unit]]:
    """Every spelling of the units: those of units.yaml, and those that `also` adds for this analyte."""
    for shown, told in units.items():
        entry = told if isinstance(told, dict) else {"factor": told}
        unit = Unit(shown, float(entry["factor"]) if "factor" in entry else 1 / float(entry["per"]))
        yield from ((spelling(each), unit) for each in (*spelled.get(shown, ()), *entry.get("also", ())))
        yield shown, unit


def _units_of(name: str, told: Mapping[str, Any], units: Mapping[str, Units]) -> Units:
    """Its own units, or those of the analyte that it names."""
    like = told[name]["units"]
    if isinstance(like, dict) or like == _NONE:
        return units[name]
    if not units.get(like):
        raise _wrong(name, f"units: unknown analyte {like!r}{did_you_mean(str(like), units)}")
    return units[like]


def _analyte(name: str, told: Mapping[str, Any], units: Units) -> Analyte:
    return Analyte(
        name=name,
        codes=told["codes"],
        units=units,
        possible=_possible(name, told.get("possible"), units),
        names=tuple(told.get("names", ())),
        in_blood=told.get("in_blood", True),
        fresh=told.get("fresh", ""),
        asked=told.get("asked", ""),
        opens=told.get("opens", False),
    )


def _possible(name: str, told: Any, units: Units) -> tuple[float, float] | None:
    """What a patient can have; whoever adds an analyte says so, or that it is anything."""
    if told == _ANY or not (told or units):
        return None
    if not told or not units:
        raise _wrong(name, f"has no bounds: add possible, or possible: {_ANY}" if units else "has bounds and no units")
    unit = units.get(told["unit"])
    if unit is None:
        raise _wrong(name, f"possible: unknown unit {told['unit']!r}")
    return (told["low"] * unit.factor, told["high"] * unit.factor)


def check_fresh(analytes: Mapping[str, Analyte], thresholds: Collection[str]) -> None:
    """KnowledgeError for an age that no threshold tells."""
    for each in analytes.values():
        if each.fresh and not any(number.startswith(each.fresh) for number in thresholds):
            raise _wrong(each.name, f"fresh: unknown threshold {each.fresh!r}{did_you_mean(each.fresh, thresholds)}")
