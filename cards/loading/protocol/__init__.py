"""Reads a hospital's protocol: one YAML file (docs/site/protocol.md), with errors that name file, line and reason."""

from collections.abc import Mapping
from datetime import date

from cards.loading.dose_tables import Product
from cards.loading.protocol.conditions import ConditionReader
from cards.loading.protocol.fields import Fields
from cards.loading.protocol.rows import RowReader
from cards.loading.protocol.tables import read_kidneys, read_limits, read_needs, read_products
from cards.loading.protocol.vocabulary import Named, Vocabulary, plain, read_vocabulary
from cards.loading.reading import parse_yaml, places_of
from cards.model.protocol import Condition, Protocol
from cards.units import UnitTable

__all__ = ["Vocabulary", "read_protocol", "read_vocabulary"]

_KEYS = frozenset(
    {
        "protocol", "title", "source", "approved", "unit", "decimals", "for", "otherwise", "needs", "not_iv_if",
        "not_oral_if", "not_tube_if", "not_im_if", "rows", "kidneys", "limits", "words", "products", "decided", "note",
        "notes", "version", "valid", "country", "language",
    }
)  # fmt: skip
_DAYS = frozenset({"date", "review"})  # of an approval
_OTHERWISE = ("shipped", "silent")
_USUAL_DECIMALS = {"mmol/L": 2, "mg/dL": 1, "mEq/L": 1}


def read_protocol(
    text: str, name: str, words: Vocabulary, units: UnitTable, products: Mapping[str, Product]
) -> Protocol:
    """The protocol of a file's text; KnowledgeError with file, line, reason and the nearest known word."""
    fields = Fields(parse_yaml(text, name), places_of(text, name))
    fields.only(_KEYS)
    unit, per_mmol = _unit(fields, units)
    own = read_products(fields, words)
    named = {p.id: Named(p.id, p.salt, p.id) for p in products.values() if p.salt and p.route == "oral"}
    named |= {alias: Named(p.id, p.salt) for p in own.values() for alias in (p.id, p.id.replace("_", " "))}
    told_words = {plain(str(word)): str(meaning or "") for word, meaning in fields.mapping("words").items()}
    ask = ConditionReader(words, told_words, units, unit)
    approved, scope = _approved(fields), fields.conditions(ask, "for")
    return Protocol(
        id=fields.text("protocol") or fields.fail("a protocol needs a name: protocol: my-hospital-adult"),
        unit=unit,
        per_mmol=per_mmol,
        decimals=_decimals(fields, unit),
        rows=RowReader(fields, words, ask, named, (unit, per_mmol)).all(),
        title=fields.text("title"),
        source=fields.texts_of("source"),
        approved=approved,
        scope=scope,
        otherwise=fields.choice("otherwise", _OTHERWISE),
        needs=read_needs(fields, words),
        not_by_route=_not_by_route(fields, ask),
        kidneys=read_kidneys(fields, words, ask),
        limits=read_limits(fields, words, ask),
        products=own,
        words=told_words,
        file=name,
    )


def _unit(fields: Fields, units: UnitTable) -> tuple[str, float]:
    told = fields.text("unit")
    known = units.find("magnesium", told, told) if told else None
    if known is None:
        raise fields.error(f"unit is {told!r}; one of mg/dL, mmol/L, mEq/L is needed", "unit")
    return known.shown, 1 / known.factor


def _decimals(fields: Fields, unit: str) -> int:
    told = fields.at("decimals")
    value = _USUAL_DECIMALS.get(unit, 2) if told is None else told
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 3:
        raise fields.error(f"decimals is {value!r}; 0 to 3 are allowed", "decimals")
    return value


def _approved(fields: Fields) -> Mapping[str, str]:
    told = fields.texts_of("approved")
    if told and not (told.get("by") and told.get("date")):
        raise fields.error("an approval needs by and date", "approved")
    for key in _DAYS & told.keys():
        _day(told[key], key, fields)
    return told


def _day(told: str, key: str, fields: Fields) -> None:
    try:
        date.fromisoformat(told)
    except ValueError:
        raise fields.error(f"{key} is {told!r}; write a day like 2027-01-15", "approved", key) from None


def _not_by_route(fields: Fields, ask: ConditionReader) -> dict[str, tuple[Condition, ...]]:
    routes = ("iv", "oral", "tube", "im")
    return {route: fields.conditions(ask, f"not_{route}_if") for route in routes if fields.at(f"not_{route}_if")}
