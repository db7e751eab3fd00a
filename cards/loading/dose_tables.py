"""Doses, orderable products and tests (doses.yaml, products.yaml, tests.yaml)."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any

from cards.loading.reading import did_you_mean, read_yaml
from cards.loading.site import Site
from cards.model import RenalGate

_NEW_PRODUCT = {"route": "oral", "salt": ""}
_TOLERANCE = 0.3  # tablets come in few sizes


@dataclass(frozen=True, slots=True)
class IvStep:
    """Grams of magnesium sulfate over minutes."""

    grams: float
    minutes: int

    @property
    def grams_per_hour(self) -> float:
        """The rate."""
        return self.grams * 60 / self.minutes


@dataclass(frozen=True, slots=True)
class Salt:
    """How one oral salt makes up a daily elemental dose: steps of (quantity, times a day) by mg a day."""

    id: str
    unit: str
    elemental_per_unit: float
    max_gate: RenalGate
    gentle: bool
    daily: Mapping[int, tuple[tuple[float, int], ...]]


@dataclass(frozen=True, slots=True)
class Alternative:
    """A safer drug that may be offered, at one fixed starting dose."""

    product: str
    quantity: float
    unit: str
    per_day: int
    text: str
    days: int


@dataclass(frozen=True, slots=True)
class Doses:
    """All doses that may be offered."""

    iv: Mapping[str, Mapping[RenalGate, tuple[IvStep, ...]]]
    oral: Mapping[str, Mapping[RenalGate, int]]
    oral_days: int
    salts: Mapping[str, Salt]
    preferred: tuple[str, ...]
    alternatives: Mapping[str, Alternative]


@dataclass(frozen=True, slots=True)
class Product:
    """A product as it is ordered: display, codings (a site's own, RxNorm), route, salt, grams of a container (IV).

    `elemental_mg`: of one tablet or sachet, where that is known.
    """

    id: str
    display: str
    codings: tuple[tuple[str, str, str], ...]
    route: str
    salt: str
    grams: float | None = None
    elemental_mg: float | None = None


@dataclass(frozen=True, slots=True)
class OrderableTest:
    """A test as it is ordered: `short` stands on buttons, `beside` on those of a dose.

    `codes`, `analyte` and `words` tell an order of it; `result` is the analyte whose result shows that it was drawn.
    `own`: what a site orders it by.
    """

    id: str
    short: str
    text: str
    system: str
    code: str
    display: str
    beside: str
    codes: frozenset[tuple[str, str]]
    analyte: str
    words: re.Pattern[str] | None
    result: str
    own: tuple[str, str, str] | None = None

    @property
    def codings(self) -> tuple[tuple[str, str, str], ...]:
        """System, code and display of an order of it; a site's own first."""
        return (*((self.own,) if self.own else ()), (self.system, self.code, self.display))


def read_doses(path: Traversable, site: Site) -> Doses:
    """The doses, with the site's formulary; KnowledgeError when the site prefers a salt without doses."""
    told = read_yaml(path)
    oral = dict(told["oral"])
    days = oral.pop("days")
    salts = {name: _salt(name, entry) for name, entry in told["salts"].items()}
    salts |= {name: _site_salt(name, told["salts"].get(name, {}), site) for name in site.salts}
    preferred = site.preferred_salts or tuple(told["formulary"]["preferred"])
    for number, name in enumerate(preferred):
        if name not in salts:
            reason = f"formulary.preferred: unknown salt {name!r}{did_you_mean(name, salts)}"
            raise site.error(reason, "formulary", "preferred", str(number))
    return Doses(
        iv={name: _iv(entry) for name, entry in told["iv"].items()},
        oral={name: _by_gate(entry) for name, entry in oral.items()},
        oral_days=days,
        salts=salts,
        preferred=preferred,
        alternatives={name: _alternative(entry) for name, entry in told["alternatives"].items()},
    )


def _iv(entry: dict[str, Any]) -> dict[RenalGate, tuple[IvStep, ...]]:
    steps = {key: value for key, value in entry.items() if key != "source"}
    return {
        RenalGate[gate]: tuple(IvStep(float(s["grams"]), s["minutes"]) for s in told) for gate, told in steps.items()
    }


def _by_gate(entry: dict[str, Any]) -> dict[RenalGate, int]:
    return {RenalGate[gate]: int(value) for gate, value in entry.items() if gate != "source"}


def _salt(name: str, entry: dict[str, Any]) -> Salt:
    daily = {
        int(mg): tuple((float(s["quantity"]), int(s["per_day"])) for s in steps) for mg, steps in entry["daily"].items()
    }
    gate = RenalGate[entry["max_gate"]]
    return Salt(name, entry["unit"], float(entry["elemental_per_unit"]), gate, entry["gentle"], daily)


def _site_salt(name: str, shipped: dict[str, Any], site: Site) -> Salt:
    """A salt as the site has it; what it does not say is as shipped. Its steps must make up the dose they stand for."""
    entry, path = {**shipped, **site.salts[name]}, ("formulary", "salts", name)
    missing = [key for key in ("unit", "elemental_per_unit", "max_gate", "gentle", "daily") if key not in entry]
    if missing:
        raise site.error(f"{name} is not shipped and lacks {', '.join(missing)}", *path)
    salt = _salt(name, entry)
    for mg, steps in salt.daily.items():
        total = sum(quantity * per_day * salt.elemental_per_unit for quantity, per_day in steps)
        if abs(total - mg) > mg * _TOLERANCE:
            raise site.error(
                f"{name}: the steps of {mg} mg a day come to {total:g} mg elemental", *path, "daily", str(mg)
            )
    return salt


def _alternative(entry: dict[str, Any]) -> Alternative:
    keys = ("product", "quantity", "unit", "per_day", "text", "days")
    return Alternative(**{key: entry[key] for key in keys})


def read_products(path: Traversable, site: Site) -> dict[str, Product]:
    """Orderable products by id; what the site file says of one replaces what is shipped."""
    told = {**{name: dict(_NEW_PRODUCT) for name in site.salts}, **read_yaml(path)}
    for name in site.products:
        if name not in told:
            reason = f"unknown product {name!r}{did_you_mean(name, told)}; a product without doses is never offered"
            raise site.error(reason, "formulary", "products", name)
    made = {name: {**entry, **site.products.get(name, {})} for name, entry in told.items()}
    for name, entry in made.items():
        if "display" not in entry:
            raise site.error(f"{name} needs a product with display and coding", "formulary", "salts", name)
    _known_orderables(site.orderable_products, made, "products", site)
    return {name: _product(name, entry, site.orderable_products.get(name)) for name, entry in made.items()}


def _known_orderables(own: Iterable[str], known: Iterable[str], kind: str, site: Site) -> None:
    """KnowledgeError for a code of something that is never ordered."""
    for name in own:
        if name not in known:
            reason = f"orderables.{kind}: {name!r} is never ordered{did_you_mean(name, known)}"
            raise site.error(reason, "orderables", kind, name)


def _product(name: str, entry: dict[str, Any], own: tuple[str, str, str] | None) -> Product:
    told = tuple((c["system"], str(c["code"]), c["display"]) for c in entry.get("coding") or ())
    codings = tuple(dict.fromkeys((*((own,) if own else ()), *told)))
    grams, elemental = (
        float(amount) if (amount := entry.get(key)) else None for key in ("grams", "elemental_mg_per_unit")
    )
    return Product(name, entry["display"], codings, entry["route"], entry["salt"] or "", grams, elemental)


def read_tests(path: Traversable, site: Site) -> dict[str, OrderableTest]:
    """Orderable tests by id, with the codes by which a site orders them."""
    told = read_yaml(path)
    _known_orderables(site.orderable_tests, told, "tests", site)
    return {name: _test(name, entry, site.orderable_tests.get(name)) for name, entry in told.items()}


def _test(name: str, entry: dict[str, Any], own: tuple[str, str, str] | None) -> OrderableTest:
    system, code, words = entry["system"], str(entry["code"]), entry.get("words")
    named = "|".join(map(re.escape, words or ()))
    return OrderableTest(
        name,
        entry["short"],
        entry["text"],
        system,
        code,
        entry["display"],
        beside=entry.get("beside", ""),
        codes=frozenset(
            {
                (system, code),
                *((other, str(same)) for other, same in entry.get("also", ())),
                *((own[:2],) if own else ()),
            }
        ),
        analyte=entry.get("analyte", ""),
        words=re.compile(rf"\b(?:{named})\b", re.IGNORECASE) if words else None,
        result=entry.get("result", ""),
        own=own,
    )
