"""What a magnesium order asks for: kind, grams and rate (IV), elemental mg a day (oral)."""

import re
from collections.abc import Collection, Mapping, Sequence

from cards.facts.dosage import PerUnit, doses, given, times_a_day
from cards.knowledge import Knowledge
from cards.model import DrugRole, JsonObject, MagnesiumKind, MagnesiumOrder, Route
from cards.terminology import MagnesiumProduct, Product

_NUTRITION = re.compile(r"\b(tpn|parenteral nutrition)\b", re.IGNORECASE)
# a food by mouth, a salt of magnesium as a chelate; nutrition where they run into a vein
_AMINO_ACIDS = re.compile(r"\bamino ?acids?\b(?!\W+(?:chelate|complex))", re.IGNORECASE)
# one of them is in every text that the patterns find
_NUTRITION_WORDS = frozenset({"tpn", "parenteral", "amino", "aminoacid", "aminoacids"})
# of citrate the solution is a laxative, the tablet and the capsule are not
_PIECE = re.compile(r"\b(?:tab|cap)(?:s|lets?|sules?)?\b", re.IGNORECASE)
_KINDS = {
    "laxative": MagnesiumKind.LAXATIVE,
    "antacid": MagnesiumKind.LAXATIVE,
    "bowel_prep": MagnesiumKind.SOURCE,
    "source": MagnesiumKind.SOURCE,
}
_ONE_SALT = frozenset({"replacement", "mixture"})
_NOT_TOLD = "not told"
_LAXATIVE = re.compile(r"\b(hydroxide|milk of magnesia|laxative|granules|296 ?ml)\b", re.IGNORECASE)
_NEVER_REPLACEMENT = ("magnesium salicylate", "magnesium trisilicate", "magnesium acetate")
# "40 MG/ML", "4 g/100 mL", "20 grams in 500 mL"
_STRENGTH = re.compile(
    r"(\d+(?:\.\d+)?)\s*(mg|g)(?:m|rams?)?\s*(?:/|in|per)\s*(\d+(?:\.\d+)?)?\s*(ml|l)\b", re.IGNORECASE
)
_GRAMS = {"g": 1.0, "mg": 0.001}
_ML = {"ml": 1.0, "l": 1000.0}
_CONTAINERS = ("bag", "container", "vial", "syringe", "each")
_PIECES = (
    *(name + ending for name in ("tablet", "tab", "capsule", "cap", "sachet") for ending in ("", "s", "(s)")),
    *("tbl", "each", "dose", "1", ""),
)


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
    if product.kind == "nutrition" or _is_nutrition(route, told, words):
        return MagnesiumOrder(MagnesiumKind.NUTRITION, "parenteral nutrition")
    salts = [r for r in roles if r.role == "magnesium_product"]
    if not salts or route is Route.NOT_SYSTEMIC:
        return None
    listed = knowledge.terminology.magnesium_products.get(code)
    kind = listed.kind if listed else _kind(product, salts[0].ingredient, route, told, words)
    salt = listed.salt if listed else _salt(salts[0].ingredient)
    if kind not in (MagnesiumKind.REPLACEMENT, MagnesiumKind.OBSTETRIC):
        return MagnesiumOrder(kind, salt)
    if route is Route.INTRAVENOUS or salt == "sulfate":
        return _intravenous(kind, salt, told, listed, dosages, knowledge.numbers)
    return MagnesiumOrder(kind, salt, elemental_mg_per_day=_elemental_per_day(dosages, listed, salt, knowledge.numbers))


def _is_nutrition(route: Route, told: str, words: Collection[str]) -> bool:
    if _NUTRITION_WORDS.isdisjoint(words):
        return False
    return bool(_NUTRITION.search(told)) or (route is Route.INTRAVENOUS and bool(_AMINO_ACIDS.search(told)))


def _salt(ingredient: str) -> str:
    return _NOT_TOLD if ingredient == "magnesium" else ingredient.removeprefix("magnesium ")


def _kind(product: Product, name: str, route: Route, told: str, words: Collection[str]) -> MagnesiumKind:
    if name == "magnesium citrate" and _PIECE.search(told):
        return MagnesiumKind.REPLACEMENT
    if product.kind in _KINDS:
        return _KINDS[product.kind]
    several = product.combination or len(product.ingredients) > 1
    if _is_fluid(route, told, words) or name in _NEVER_REPLACEMENT or (several and product.kind not in _ONE_SALT):
        return MagnesiumKind.SOURCE
    if _LAXATIVE.search(told) or name == "magnesium hydroxide":
        return MagnesiumKind.LAXATIVE
    return MagnesiumKind.REPLACEMENT


def _is_fluid(route: Route, told: str, words: Collection[str]) -> bool:
    """A brand of fluid that holds some magnesium among others: its name does not say magnesium."""
    named = any(word.startswith(("mag", "mgs")) or word == "mg" for word in words) or not told.isascii()
    return route is Route.INTRAVENOUS and bool(told) and not named


def _intravenous(
    kind: MagnesiumKind,
    salt: str,
    told: str,
    listed: MagnesiumProduct | None,
    dosages: Sequence[JsonObject],
    numbers: Mapping[str, float],
) -> MagnesiumOrder:
    strength = _STRENGTH.search(told)
    if strength and _is_obstetric_bag(strength, numbers):
        kind = MagnesiumKind.OBSTETRIC
    per_unit = _grams_per(strength, listed, numbers)
    read = [given(dosage, per_unit) for dosage in dosages]
    grams = [r.amount * doses(d) for d, r in zip(dosages, read, strict=True) if r.amount is not None]
    rates = [r.per_hour for r in read if r.per_hour is not None]
    return MagnesiumOrder(
        kind,
        salt,
        grams=sum(grams) if grams else None,
        grams_per_hour=max(rates) if rates else None,
        is_push=any(r.is_push for r in read),
    )


def _is_obstetric_bag(strength: re.Match[str], numbers: Mapping[str, float]) -> bool:
    """20 g/500 mL or 40 g/1 L; a pharmacy's vial may hold as much in less."""
    return _grams_in(strength) >= numbers["obstetric.bag"] and _ml_of(strength) >= numbers["obstetric.bag_volume"]


def _ml_of(strength: re.Match[str]) -> float:
    return float(strength.group(3) or 1) * _ML[strength.group(4).lower()]


def _grams_in(strength: re.Match[str]) -> float:
    return float(strength.group(1)) * _GRAMS[strength.group(2).lower()]


def _grams_per(
    strength: re.Match[str] | None, listed: MagnesiumProduct | None, numbers: Mapping[str, float]
) -> PerUnit:
    """Grams of sulfate in each unit of a dose; of a volume or a container only where the product tells its strength."""
    grams_per = {
        "g": 1.0,
        "gm": 1.0,
        "mg": 0.001,
        "meq": 1 / numbers["sulfate.meq_per_gram"],
        "mmol": 1 / numbers["sulfate.mmol_per_gram"],
    }
    if strength:
        grams_per["ml"] = _grams_in(strength) / _ml_of(strength)
    elif listed and listed.mg_per_ml:
        grams_per["ml"] = listed.mg_per_ml / 1000
    return grams_per | (dict.fromkeys(_CONTAINERS, listed.grams) if listed and listed.grams else {})


def _elemental_per_day(
    dosages: Sequence[JsonObject], listed: MagnesiumProduct | None, salt: str, numbers: Mapping[str, float]
) -> float | None:
    """Elemental mg a day, from units of a listed product or mg of oxide; None where that would be a guess."""
    per_piece = listed.elemental_mg_per_unit if listed else None
    per_unit = dict.fromkeys(_PIECES, per_piece) if per_piece else {}
    if salt == "oxide":
        per_unit["mg"] = numbers["salt.oxide.elemental_fraction"]
    total = 0.0
    for dosage in dosages:
        amount, times = given(dosage, per_unit).amount, times_a_day(dosage)
        if not amount or times is None:
            return None
        total += amount * times
    return total or None
