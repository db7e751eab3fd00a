"""The site file: what one hospital changes without code. Wrong keys, units or values fail with file and line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cards.knowledge.dose_tables import Product, read_product
from cards.knowledge.reading import KnowledgeError, line_of, parse_yaml

_KEYS: Mapping[str, frozenset[str]] = {
    "site": frozenset({"name"}),
    "approval": frozenset({"approved_by", "date"}),
    "thresholds": frozenset(),
    "formulary": frozenset({"preferred", "products"}),
    "units": frozenset({"first"}),
    "orders": frozenset({"intent"}),
    "rules": frozenset({"off"}),
    "cards": frozenset({"maximum"}),
    "codes": frozenset({"labs", "drugs"}),
    "override_reasons": frozenset(),
    "links": frozenset(),
}
_UNITS = ("as reported", "mg/dL", "mmol/L")
_INTENTS = ("proposal", "order")
_MOST_CARDS = 3


@dataclass(frozen=True, slots=True)
class Site:
    """One site's choices; the defaults are the shipped ones."""

    name: str = ""
    approved_by: str = ""
    approved_on: str = ""
    thresholds: Mapping[str, tuple[float, str, int]] = field(default_factory=dict)
    preferred_salts: tuple[str, ...] = ()
    products: Mapping[str, Product] = field(default_factory=dict)
    unit_first: str = "as reported"
    intent: str = "proposal"
    rules_off: frozenset[str] = frozenset()
    maximum_cards: int = _MOST_CARDS
    lab_codes: tuple[tuple[str, str, str], ...] = ()
    drug_codes: tuple[tuple[str, str, str], ...] = ()
    override_reasons: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()


def read_site(text: str, name: str) -> Site:
    """A site file's text as a Site; KnowledgeError with file, line and reason."""
    told = parse_yaml(text, name) or {}
    reader = _Reader(text, name, told)
    reader.check_keys()
    return Site(
        name=str(reader.get("site", "name", "")),
        approved_by=str(reader.get("approval", "approved_by", "")),
        approved_on=str(reader.get("approval", "date", "")),
        thresholds=reader.thresholds(),
        preferred_salts=tuple(reader.get("formulary", "preferred", ())),
        products=reader.products(),
        unit_first=reader.choice("units", "first", _UNITS),
        intent=reader.choice("orders", "intent", _INTENTS),
        rules_off=frozenset(reader.get("rules", "off", ())),
        maximum_cards=reader.maximum_cards(),
        lab_codes=reader.codes("labs", "analyte"),
        drug_codes=reader.codes("drugs", "ingredient"),
        override_reasons=tuple(told.get("override_reasons", ())),
        links=reader.links(),
    )


class _Reader:
    """Reads one site file; keeps its text to name lines in errors."""

    def __init__(self, text: str, name: str, told: Any) -> None:
        self.text, self.name, self.told = text, name, told
        if not isinstance(told, dict):
            raise KnowledgeError(f"{name}:1: a site file is a mapping of {', '.join(sorted(_KEYS))}")

    def fail(self, reason: str, *path: str) -> KnowledgeError:
        return KnowledgeError(f"{self.name}:{line_of(self.text, *path)}: {reason}")

    def check_keys(self) -> None:
        for key, value in self.told.items():
            if key not in _KEYS:
                raise self.fail(f"unknown key {key!r}; allowed: {', '.join(sorted(_KEYS))}", str(key))
            allowed = _KEYS[key]
            if allowed and not isinstance(value, dict):
                raise self.fail(f"{key} needs a mapping of {', '.join(sorted(allowed))}", key)
            for inner in value if allowed else ():
                if inner not in allowed:
                    raise self.fail(f"unknown key {inner!r}; allowed: {', '.join(sorted(allowed))}", key, str(inner))

    def get(self, section: str, key: str, default: Any) -> Any:
        return self.told.get(section, {}).get(key, default)

    def choice(self, section: str, key: str, allowed: tuple[str, ...]) -> str:
        value = str(self.get(section, key, allowed[0]))
        if value not in allowed:
            raise self.fail(f"{section}.{key} is {value!r}; allowed: {', '.join(allowed)}", section, key)
        return value

    def thresholds(self) -> dict[str, tuple[float, str, int]]:
        found = {}
        for name, entry in (self.told.get("thresholds") or {}).items():
            line = line_of(self.text, "thresholds", name)
            if not isinstance(entry, dict) or set(entry) != {"value", "unit"}:
                raise self.fail(f"{name} needs exactly value and unit", "thresholds", name)
            if isinstance(entry["value"], bool) or not isinstance(entry["value"], int | float):
                raise self.fail(f"{name}: value is not a number", "thresholds", name)
            found[name] = (float(entry["value"]), str(entry["unit"]), line)
        return found

    def products(self) -> dict[str, Product]:
        told = self.get("formulary", "products", {})
        try:
            return {name: read_product(name, {"route": "oral", **entry}) for name, entry in told.items()}
        except (KeyError, TypeError, AttributeError) as problem:
            raise self.fail(f"a product needs display and coding ({problem})", "formulary", "products") from None

    def maximum_cards(self) -> int:
        value = self.get("cards", "maximum", _MOST_CARDS)
        if not isinstance(value, int) or not 1 <= value <= _MOST_CARDS:
            raise self.fail(f"cards.maximum is {value!r}; allowed: 1 to {_MOST_CARDS}", "cards", "maximum")
        return value

    def codes(self, section: str, meaning: str) -> tuple[tuple[str, str, str], ...]:
        try:
            return tuple((c["system"], str(c["code"]), c[meaning]) for c in self.get("codes", section, ()))
        except (KeyError, TypeError):
            raise self.fail(f"codes.{section}: each needs system, code, {meaning}", "codes", section) from None

    def links(self) -> tuple[tuple[str, str], ...]:
        try:
            found = tuple((link["label"], link["url"]) for link in self.told.get("links") or ())
        except (KeyError, TypeError):
            raise self.fail("each link needs label and url", "links") from None
        if any(not url.startswith(("https://", "http://")) for _, url in found):
            raise self.fail("a link's url must be absolute", "links")
        return found
