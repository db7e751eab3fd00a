"""What a magnesium order asks for: kind, grams and rate (IV), elemental mg a day (oral)."""

import re
from collections.abc import Collection, Mapping, Sequence

from cards.facts.fhir import child, number, objects, text
from cards.knowledge import Knowledge
from cards.model import DrugRole, JsonObject, MagnesiumKind, MagnesiumOrder, Route
from cards.terminology import MagnesiumProduct, Product

_NUTRITION = re.compile(r"\b(tpn|parenteral nutrition|amino ?acids?)\b", re.IGNORECASE)
# one of them is in every text that the pattern finds
_NUTRITION_WORDS = frozenset({"tpn", "parenteral", "amino", "aminoacid", "aminoacids"})
_LAXATIVE = re.compile(r"\b(hydroxide|milk of magnesia|laxative|granules|296 ?ml)\b", re.IGNORECASE)
_NEVER_REPLACEMENT = ("magnesium salicylate", "magnesium trisilicate", "magnesium acetate")
_GRAMS = re.compile(r"(\d+(?:\.\d+)?)\s*g(?:rams?)?\b(?!\s*/)", re.IGNORECASE)
_OVER = re.compile(r"\bover\s+(\d+(?:\.\d+)?)\s*(h|min)", re.IGNORECASE)
_RATE = re.compile(r"(\d+(?:\.\d+)?)\s*g\s*/\s*h", re.IGNORECASE)
_UNITS = ("g", "mg", "meq", "mmol")
_HOURS = {"s": 1 / 3600, "min": 1 / 60, "h": 1.0, "d": 24.0}


def magnesium_order(
    code: str,
    product: Product,
    roles: Sequence[DrugRole],
    route: Route,
    told: str,
    words: Collection[str],
    dosages: Sequence[JsonObject],
    knowledge: Knowledge,
) -> MagnesiumOrder | None:
    """The order as a magnesium order, or None when the medicine holds no magnesium."""
    if not _NUTRITION_WORDS.isdisjoint(words) and _NUTRITION.search(told):
        return MagnesiumOrder(MagnesiumKind.NUTRITION, "parenteral nutrition")
    salts = [r for r in roles if r.role == "magnesium_product"]
    if not salts or route is Route.NOT_SYSTEMIC:
        return None
    listed = knowledge.terminology.magnesium_products.get(code)
    kind = listed.kind if listed else _kind(product, salts[0].ingredient, route, told)
    salt = listed.salt if listed else salts[0].ingredient.removeprefix("magnesium ")
    if kind not in (MagnesiumKind.REPLACEMENT, MagnesiumKind.OBSTETRIC):
        return MagnesiumOrder(kind, salt)
    if route is Route.INTRAVENOUS or salt == "sulfate":
        return _intravenous(kind, salt, dosages, knowledge.numbers)
    return MagnesiumOrder(
        kind,
        salt,
        elemental_mg_per_day=_elemental_per_day(dosages, listed, salt, knowledge.numbers),
    )


def _kind(product: Product, name: str, route: Route, told: str) -> MagnesiumKind:
    if _is_fluid(route, told) or name in _NEVER_REPLACEMENT or product.combination or len(product.ingredients) > 1:
        return MagnesiumKind.SOURCE
    if _LAXATIVE.search(told) or name == "magnesium hydroxide":
        return MagnesiumKind.LAXATIVE
    return MagnesiumKind.REPLACEMENT


def _is_fluid(route: Route, told: str) -> bool:
    """A brand of fluid that holds some magnesium among others: its name does not say magnesium."""
    named = "magnesium" in told.lower() or "mgso4" in told.lower()
    return route is Route.INTRAVENOUS and bool(told) and not named


def _intravenous(
    kind: MagnesiumKind, salt: str, dosages: Sequence[JsonObject], numbers: Mapping[str, float]
) -> MagnesiumOrder:
    grams_per = {
        "g": 1.0,
        "mg": 0.001,
        "meq": 1 / numbers["sulfate.meq_per_gram"],
        "mmol": 1 / numbers["sulfate.mmol_per_gram"],
    }
    read = [_iv_step(d, grams_per) for d in dosages]
    grams = [g * _doses(d) for d, (g, _) in zip(dosages, read, strict=True) if g is not None]
    rates = [r for _, r in read if r is not None]
    total = sum(grams) if grams else None
    if total is not None and total >= numbers["obstetric.bag"]:
        kind = MagnesiumKind.OBSTETRIC
    return MagnesiumOrder(kind, salt, grams=total, grams_per_hour=max(rates) if rates else None)


def _doses(dosage: JsonObject) -> float:
    """How often the dose is given in 24 hours: as counted, as timed, else once."""
    count = number(child(child(dosage, "timing"), "repeat"), "count")
    return count or max(_times_a_day(dosage) or 1.0, 1.0)


def _iv_step(dosage: JsonObject, grams_per: Mapping[str, float]) -> tuple[float | None, float | None]:
    """(grams, g/h) of one dosage; the text is read only where the structure is silent."""
    words = text(dosage, "text")
    grams, rate = None, None
    for entry in (*objects(dosage, "doseAndRate"), dosage):
        grams = grams if grams is not None else _grams(child(entry, "doseQuantity"), grams_per)
        rate = rate if rate is not None else _rate(child(entry, "rateQuantity"), grams_per)
    if grams is None and (match := _GRAMS.search(words)):
        grams = float(match.group(1))
    if rate is None:
        rate = _rate_in_words(words, grams) or _rate_by_duration(dosage, grams)
    return grams, rate


def _rate_in_words(words: str, grams: float | None) -> float | None:
    if match := _RATE.search(words):
        return float(match.group(1))
    match = _OVER.search(words)
    hours = float(match.group(1)) * _HOURS[match.group(2).lower()] if match else 0
    return grams / hours if grams is not None and hours else None


def _rate_by_duration(dosage: JsonObject, grams: float | None) -> float | None:
    repeat = child(child(dosage, "timing"), "repeat")
    hours = (number(repeat, "duration") or 0) * _HOURS.get(text(repeat, "durationUnit"), 0)
    return grams / hours if grams is not None and hours else None


def _unit(quantity: JsonObject) -> str:
    return (text(quantity, "code") or text(quantity, "unit")).strip().lower()


def _grams(quantity: JsonObject, grams_per: Mapping[str, float]) -> float | None:
    value, factor = number(quantity, "value"), grams_per.get(_unit(quantity))
    return value * factor if value is not None and factor else None


def _rate(quantity: JsonObject, grams_per: Mapping[str, float]) -> float | None:
    amount, _, per = _unit(quantity).partition("/")
    value, factor = number(quantity, "value"), grams_per.get(amount)
    hours = _HOURS.get({"hr": "h", "hour": "h"}.get(per, per))
    return value * factor / hours if value is not None and factor and hours else None


def _elemental_per_day(
    dosages: Sequence[JsonObject], listed: MagnesiumProduct | None, salt: str, numbers: Mapping[str, float]
) -> float | None:
    """Elemental mg a day, from units of a listed product or mg of oxide; None where that would be a guess."""
    per_unit = listed.elemental_mg_per_unit if listed else None
    total = 0.0
    for dosage in dosages:
        quantity = next((q for e in (*objects(dosage, "doseAndRate"), dosage) if (q := child(e, "doseQuantity"))), {})
        value, times = number(quantity, "value"), _times_a_day(dosage)
        in_mass = _unit(quantity) in _UNITS
        if in_mass and (_unit(quantity) != "mg" or salt != "oxide"):
            return None
        elemental = numbers["salt.oxide.elemental_fraction"] if in_mass else per_unit
        if not value or times is None or elemental is None:
            return None
        total += value * times * elemental
    return total or None


def _times_a_day(dosage: JsonObject) -> float | None:
    """Doses in 24 hours, as far as the timing says."""
    repeat = child(child(dosage, "timing"), "repeat")
    frequency, period = number(repeat, "frequency"), number(repeat, "period")
    hours = _HOURS.get(text(repeat, "periodUnit"))
    return frequency * 24 / (period * hours) if frequency and period and hours else None
