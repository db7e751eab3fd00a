"""What a magnesium order asks for: kind, grams and rate (IV), elemental mg a day (oral)."""

import re
from collections.abc import Collection, Mapping, Sequence

from cards.chart.dosage import Given, given
from cards.chart.dose_count import doses_in_a_day, hours_running
from cards.chart.fhir import text
from cards.chart.infusion_steps import steps_of
from cards.chart.strength import Strength, container_of, strength_of
from cards.loading import Knowledge
from cards.model import DrugRole, JsonObject, MagnesiumKind, MagnesiumOrder, Route
from cards.terms.terminology import MAGNESIUM, MagnesiumProduct, Product

_NUTRITION = re.compile(r"\b(tpn|parenteral nutrition)\b", re.IGNORECASE)
# a food by mouth, a salt of magnesium as a chelate; nutrition where they run into a vein
_AMINO_ACIDS = re.compile(r"\bamino ?acids?\b(?!\W+(?:chelate|complex))", re.IGNORECASE)
# one of them is in every text that the patterns find
_NUTRITION_WORDS = frozenset({"tpn", "parenteral", "amino", "aminoacid", "aminoacids"})
# of citrate the solution is a laxative, the tablet and the capsule are not
_PIECE = re.compile(r"\b(?:tab|cap)(?:s|lets?|sules?)?\b", re.IGNORECASE)
_KINDS = {
    "laxative": MagnesiumKind.LAXATIVE,
    "antacid": MagnesiumKind.ANTACID,
    "bowel_prep": MagnesiumKind.BOWEL_PREPARATION,
    "dialysate": MagnesiumKind.DIALYSATE,
    "source": MagnesiumKind.SOURCE,
}
_ONE_SALT = frozenset({"replacement", "mixture"})
NOT_TOLD = "not told"
_LAXATIVE = re.compile(r"\b(hydroxide|milk of magnesia|laxative|granules|296 ?ml)\b", re.IGNORECASE)
_NEVER_REPLACEMENT = ("magnesium salicylate", "magnesium trisilicate", "magnesium acetate")
# "64 mg elemental", "241.3 mg of magnesium)", "elemental magnesium 64 mg"
_ELEMENTAL = re.compile(
    r"(?<![\d.])(\d{1,5}+(?:\.\d{1,3}+)?+) ?mg (?:of )?(?:elemental|magnesium\b)"
    r"|\belemental (?:magnesium |mg )?(\d{1,5}+(?:\.\d{1,3}+)?+) ?mg\b"
)
# "(583 mg elemental magnesium a day)"
_A_DAY = re.compile(
    r"(?<![\d.])(\d{1,5}+(?:\.\d{1,3}+)?+) ?mg (?:of )?elemental(?: magnesium)? ?(?:a|per|each|/) ?day\b"
)
_WEIGHT = re.compile(r"(?<![\d.])(\d{1,5}+(?:\.\d{1,3}+)?+) ?mg\b(?!/)")
# "magnesium (as oxide) 250 mg": the weight of the magnesium, or not; nobody knows
_AS_SALT = re.compile(r"\bas\b")
_GRAMS = ("g", "gm", "gms", "gram", "grams", "gramm", "gramme", "grammes", "gramos", "grammi", "gramas")
_CONTAINERS = ("bag", "container", "vial", "ampoule", "syringe", "each")
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
    salt = listed.salt if listed else salt_of(salts[0].ingredient) or NOT_TOLD
    if kind not in (MagnesiumKind.REPLACEMENT, MagnesiumKind.OBSTETRIC):
        return MagnesiumOrder(kind, salt)
    plain = knowledge.dose_language.plain
    dosages = [{**dosage, "text": plain(text(dosage, "text"))} for dosage in dosages]
    if route is Route.INTRAVENOUS or salt == "sulfate":
        return _intravenous(kind, salt, plain(told), listed, dosages, knowledge)
    per_piece = listed.elemental_mg_per_unit if listed else _elemental_mg(plain(told), salt, knowledge.numbers)
    return MagnesiumOrder(kind, salt, elemental_mg_per_day=_elemental_per_day(dosages, per_piece, salt, knowledge))


def _is_nutrition(route: Route, told: str, words: Collection[str]) -> bool:
    if _NUTRITION_WORDS.isdisjoint(words):
        return False
    return bool(_NUTRITION.search(told)) or (route is Route.INTRAVENOUS and bool(_AMINO_ACIDS.search(told)))


def salt_of(ingredient: str) -> str:
    """The salt of a magnesium ingredient of codes/drugs.csv; "" where it names none."""
    return "" if ingredient == MAGNESIUM else ingredient.removeprefix(f"{MAGNESIUM} ")


def _kind(product: Product, name: str, route: Route, told: str, words: Collection[str]) -> MagnesiumKind:
    if name == "magnesium citrate" and _PIECE.search(told):
        return MagnesiumKind.REPLACEMENT
    if product.kind in _KINDS:
        return _KINDS[product.kind]
    # "oxide 400 mg (241 mg magnesium)" is one salt
    several = product.combination or len(set(product.ingredients) - {"magnesium"}) > 1
    is_fluid = product.kind != "replacement" and _is_fluid(route, told, words)
    if is_fluid or name in _NEVER_REPLACEMENT or (several and product.kind not in _ONE_SALT):
        return MagnesiumKind.SOURCE
    if _LAXATIVE.search(told) or name == "magnesium hydroxide":
        return MagnesiumKind.LAXATIVE
    return MagnesiumKind.REPLACEMENT


def _is_fluid(route: Route, told: str, words: Collection[str]) -> bool:
    """A brand of fluid that holds some magnesium among others: its name does not say magnesium."""
    named = any(word.startswith(("mag", "mgs", "mgc")) or word == "mg" for word in words) or not told.isascii()
    return route is Route.INTRAVENOUS and bool(told) and not named


def _intravenous(
    kind: MagnesiumKind,
    salt: str,
    told: str,
    listed: MagnesiumProduct | None,
    dosages: Sequence[JsonObject],
    knowledge: Knowledge,
) -> MagnesiumOrder:
    worded = " ; ".join(text(dosage, "text") for dosage in dosages)
    grams_per = _grams_per(knowledge.numbers)
    strength = strength_of(told, worded, grams_per, knowledge.dose_language)
    if strength and _is_obstetric_bag(strength, knowledge.numbers):
        kind = MagnesiumKind.OBSTETRIC
    container = listed.grams if listed else container_of(told, grams_per, knowledge.dose_language)
    per_unit = grams_per | _grams_per_volume(strength, listed, container, knowledge.dose_language.words)
    read = [given(dosage, per_unit) for dosage in dosages]
    each = (_grams_in_a_day(dosage, told) for dosage, told in zip(dosages, read, strict=True))
    grams = [amount for amount in each if amount is not None]
    rates = [r.per_hour for r in read if r.per_hour is not None]
    return MagnesiumOrder(
        kind,
        salt,
        grams=sum(grams) if grams else None,
        grams_per_hour=max(rates) if rates else None,
        is_push=any(r.is_push for r in read),
        steps=steps_of(dosages, per_unit, knowledge.site.zone, knowledge.dose_language),
    )


def _grams_in_a_day(dosage: JsonObject, told: Given) -> float | None:
    """Grams in 24 hours: the doses, or a rate that runs to its end, without one all day."""
    if told.amount is not None:
        return told.amount * max(doses_in_a_day(dosage) or 1.0, 1.0)
    return told.per_hour * hours_running(dosage) if told.per_hour is not None else None


def _is_obstetric_bag(strength: Strength, numbers: Mapping[str, float]) -> bool:
    """20 g/500 mL or 40 g/1 L; a pharmacy's vial may hold as much in less."""
    return strength.grams >= numbers["obstetric.bag"] and strength.ml >= numbers["obstetric.bag_volume"]


def _grams_per(numbers: Mapping[str, float]) -> dict[str, float]:
    """Grams of sulfate in each unit of mass or amount."""
    amounts = {unit: 1 / numbers[f"sulfate.{unit}_per_gram"] for unit in ("meq", "mmol")}
    return {**dict.fromkeys(_GRAMS, 1.0), "mg": 0.001, **amounts, "mval": amounts["meq"]}


def _grams_per_volume(
    strength: Strength | None, listed: MagnesiumProduct | None, container: float | None, words: Mapping[str, str]
) -> dict[str, float]:
    """Grams of sulfate in a volume or a container, only where words or the product tell a strength."""
    named = (*_CONTAINERS, *(word for word, unit in words.items() if unit in _CONTAINERS))
    found = dict.fromkeys(named, container) if container else {}
    if strength:
        found["ml"] = strength.grams_per_ml
    elif listed and listed.mg_per_ml:
        found["ml"] = listed.mg_per_ml / 1000
    return found


def _elemental_mg(told: str, salt: str, numbers: Mapping[str, float]) -> float | None:
    """Elemental mg of a piece, as its name tells it or by its weight of oxide; of other salts that is a guess."""
    elemental = _ELEMENTAL.search(told)
    if elemental:
        return float(elemental.group(1) or elemental.group(2))
    weights = _WEIGHT.findall(told)
    is_weight = salt == "oxide" and len(weights) == 1 and not _AS_SALT.search(told)
    return float(weights[0]) * numbers["salt.oxide.elemental_fraction"] if is_weight else None


def _elemental_per_day(
    dosages: Sequence[JsonObject], per_piece: float | None, salt: str, knowledge: Knowledge
) -> float | None:
    """Elemental mg a day, from pieces, mmol of magnesium, mg of oxide or words; None where that would be a guess."""
    amounts = {unit: knowledge.protocol_words.elemental_mg[unit] for unit in ("mmol", "meq")}
    per_unit = amounts | (dict.fromkeys(_PIECES, per_piece) if per_piece else {})
    if salt == "oxide":
        per_unit["mg"] = knowledge.numbers["salt.oxide.elemental_fraction"]
    each = [_of_dosage(dosage, per_unit) for dosage in dosages]
    return None if None in each else sum(filter(None, each)) or None


def _of_dosage(dosage: JsonObject, per_unit: dict[str, float]) -> float | None:
    """Elemental mg a day of one dosage; a total that its words tell is of the day, and of no dose."""
    words = text(dosage, "text")
    told, rest = _A_DAY.search(words), {**dosage, "text": _A_DAY.sub("", words)}
    stated = per_unit | ({"mg": 1.0} if "elemental" in text(rest, "text") else {})
    amount, times = given(rest, stated).amount, doses_in_a_day(rest)
    if amount and times is not None:
        return amount * times
    return float(told[1]) if told else None
