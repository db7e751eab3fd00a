"""What the codes and words of a medicine say: ingredients, kind, route; whether anybody could read them."""

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from cards.by_value import kept_by_value
from cards.chart.ingredients import Told
from cards.chart.routes import worded_route
from cards.model import Route
from cards.terms.names import words_in
from cards.terms.terminology import CARDIOPLEGIA, CodeKey, Drug, Product, Terminology

_PRODUCT_ROUTES = {
    "oral": Route.ORAL,
    "injection": Route.INTRAVENOUS,
    "rectal": Route.OTHER,
    "transdermal": Route.OTHER,
    "": Route.UNKNOWN,
}


class Named(NamedTuple):
    """What the codes and words of a medicine say, whoever takes it; `is_read`: there is a name or a known code."""

    told: str
    words: Sequence[str]
    code: str
    product: Product
    drug: Drug
    route: Route
    is_potassium: bool
    is_antithrombotic: bool
    is_nsaid: bool
    is_read: bool = True


def named_of(terminology: Terminology, own: Told, parts: Sequence[Told]) -> Named:
    """A medicine by itself, or with all its ingredients."""
    whole = understood(terminology, own.codes, own.words)
    return _mixture(terminology, whole, [understood(terminology, *part) for part in parts]) if parts else whole


@kept_by_value(4096)
def understood(terminology: Terminology, codes: tuple[CodeKey, ...], told: str) -> Named:
    """A hospital has some thousand medicines, which come again and again."""
    is_worded, told = bool(told), told or _names_in(codes)
    words = words_in(told)
    code, product, known = _product(codes, told, words, terminology)
    by_product = _PRODUCT_ROUTES.get(product.route, Route.NOT_SYSTEMIC)
    return Named(
        told=told,
        words=words,
        code=code,
        product=product,
        drug=_drug(terminology, product),
        route=worded_route(told) if by_product is Route.UNKNOWN else by_product,
        is_potassium=not _POTASSIUM_WORDS.isdisjoint(words) and bool(_POTASSIUM.search(told)),
        is_antithrombotic=not _ANTITHROMBOTICS.isdisjoint(words),
        is_nsaid=not _NSAIDS.isdisjoint(words),
        is_read=known or bool(product.ingredients or product.kind) or (is_worded and _is_name(told, words)),
    )


def _drug(terminology: Terminology, product: Product) -> Drug:
    """The drug, by its brand where the name of the ingredient would not tell which of the list is meant."""
    drug = terminology.drug(product.ingredients)
    return replace(drug, name=product.brand) if product.brand else drug


def _names_in(codes: Sequence[CodeKey]) -> str:
    """Local codes that are written as words: "Magnesium Sulfate". One that matches nothing stays a code."""
    return " ; ".join(code for _, code in codes if _LONG_WORD.search(code))


def _mixture(terminology: Terminology, whole: Named, parts: Sequence[Named]) -> Named:
    """All that is in it; the words of the magnesium first, for its strength is that of the dose."""
    every = sorted((whole, *parts), key=lambda named: "magnesium_product" not in named.drug.role_names)
    told = " ; ".join(filter(None, (named.told for named in every)))
    among = (whole,) if whole.product.kind == CARDIOPLEGIA else (whole, *parts)
    ingredients = dict.fromkeys(code for named in among for code in named.product.ingredients)
    inside = {named.product.kind for named in parts}
    kind = whole.product.kind or next((kind for kind in _MIXED if kind in inside), "mixture")
    return whole._replace(
        told=told,
        words=words_in(told),
        code=whole.code or next((named.code for named in every if named.code), ""),
        product=Product(tuple(ingredients), whole.product.route, kind=kind),
        drug=terminology.drug(tuple(ingredients)),
        is_potassium=any(named.is_potassium for named in every),
        is_antithrombotic=any(named.is_antithrombotic for named in every),
        is_nsaid=any(named.is_nsaid for named in every),
    )


_LONG_WORD = re.compile(r"[A-Za-z]{6}")
# kinds that a mixture takes over from one thing in it, the first of them
_MIXED = ("nutrition", "dialysate", "replacement")
# morphine or magnesium: nobody can tell (ISMP list of error-prone abbreviations)
_AMBIGUOUS = frozenset({"ms", "mso"})
_NO_NAMES = frozenset(
    {"unknown", "unbekannt", "inconnu", "other", "medication", "medicine", "drug", "none", "null", "na"}
)
_NOT_A_NAME = frozenset(
    {"mg", "g", "gm", "ml", "mcg", "iv", "po", "im", "sc", "prn", "not", "known", "inj", "injection"}
)


def _is_name(told: str, words: Sequence[str]) -> bool:
    """Whether a text that matches nothing is a readable name: then it is another medicine."""
    if not told.isascii() and any(letter.isalpha() for letter in told):
        return True
    letters = {word for word in words if word.isalpha() and len(word) > 1} - _NOT_A_NAME
    return bool(letters - _NO_NAMES - _AMBIGUOUS) and "mso4" not in words


_POTASSIUM = re.compile(
    r"\b(potassium (chloride|bicarbonate|citrate|gluconate|acetate)|kcl|klor-?con|k-?dur|slow-?k|sando-?k|k-?tab)\b",
    re.I,
)
# one of them is in every text that the pattern finds
_POTASSIUM_WORDS = frozenset({"potassium", "kcl", "klor", "klorcon", "k", "kdur", "slowk", "sandok", "ktab"})
# Names only: the shipped code tables have no codes for these; used to protect, never to advise.
_ANTITHROMBOTICS = frozenset(
    {"aspirin", "acetylsalicylic", "clopidogrel", "prasugrel", "ticagrelor", "warfarin", "apixaban", "rivaroxaban"}
    | {"edoxaban", "dabigatran", "heparin", "enoxaparin", "dalteparin", "fondaparinux", "tinzaparin", "acenocoumarol"}
    | {"phenprocoumon", "dipyridamole", "argatroban", "bivalirudin", "vorapaxar"}
    | {"eliquis", "xarelto", "pradaxa", "savaysa", "lixiana", "coumadin", "jantoven", "plavix", "brilinta", "brilique"}
    | {"effient", "lovenox", "clexane", "fragmin", "arixtra", "ecotrin"}
)
_NSAIDS = frozenset(
    {"ibuprofen", "dexibuprofen", "naproxen", "diclofenac", "aceclofenac", "indomethacin", "indometacin", "ketorolac"}
    | {"ketoprofen", "dexketoprofen", "flurbiprofen", "piroxicam", "meloxicam", "lornoxicam", "tenoxicam", "etodolac"}
    | {"nabumetone", "sulindac", "oxaprozin", "nimesulide", "celecoxib", "etoricoxib", "parecoxib"}
)


def _product(
    codes: Sequence[CodeKey], told: str, words: Sequence[str], terminology: Terminology
) -> tuple[str, Product, bool]:
    """(code, product, whether a code told it): a product code before a group of ATC, a group before words.

    Words are more precise where the group names a class only: a thiazide, any magnesium.
    """
    coded = terminology.product_of(codes)
    if coded and terminology.classes.isdisjoint(coded[1].ingredients):
        return *coded, True
    named = terminology.product_named(words, told)
    if coded and not named.ingredients:
        return *coded, True
    return "", named, coded is not None
