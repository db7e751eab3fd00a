"""What codes and names mean to us: analytes, drugs and their roles, products, categories of conditions."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from cards.by_value import kept_by_value
from cards.model import DrugRole, MagnesiumKind
from cards.terms.later import Later
from cards.terms.magnesium_words import NOT_TOLD, magnesium_salt
from cards.terms.names import Index, Match, fold, matches
from cards.terms.systems import ATC, ICD9, RXNORM, icd_code, is_one_icd_code, system_of
from cards.terms.systems import ICD10 as ICD10
from cards.terms.systems import SNOMED as SNOMED

_ICD = frozenset({ICD9, ICD10})
_LONGEST_ATC, _SHORTEST_ATC = 7, 3
_ATC_CODE = re.compile(r"[A-Z]\d\d[A-Z]{2}\d\d")
# magnesium of any salt: no name of its own, for the company of the word decides
MAGNESIUM = "magnesium"
# what may hold magnesium and is no order of it; magnesium sulfate may be added to a fluid
MAGNESIUM_BESIDES = frozenset({"fluid", "cardioplegia", "dialysate", "vitamin", "minerals", "nutrition"})
CARDIOPLEGIA, _NONE, _NAMELESS = "cardioplegia", "none", "another medicine"

CodeKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Product:
    """The ingredients of a product and how it is given ("" when the name does not say).

    `kind` is what it is for: antacid, dialysate, minerals ...; `brand` one whose name does not say its magnesium.
    """

    ingredients: tuple[str, ...]
    route: str
    combination: bool = False
    kind: str = ""
    brand: str = ""


@dataclass(frozen=True, slots=True)
class Drug:
    """What a medicine of some ingredients is called by us, and all that they do."""

    name: str
    roles: tuple[DrugRole, ...]
    role_names: frozenset[str]


@dataclass(frozen=True, slots=True)
class MagnesiumProduct:
    """A magnesium product: salt, purpose, grams of sulfate a container and mg a mL, elemental mg a unit."""

    salt: str
    kind: MagnesiumKind
    route: str
    grams: float | None
    elemental_mg_per_unit: float | None
    ambiguous: bool
    mg_per_ml: float | None = None


@dataclass(frozen=True, slots=True)
class ConditionWords:
    """The last resort for a condition without a known code: words that name it, words that deny it, in lower case."""

    category: str
    pattern: re.Pattern[str]
    unless: Later


@dataclass(frozen=True, slots=True, eq=False)
class Terminology:
    """All code tables, read once; a site's own codes are merged in. Each is itself alone, so that it can be a key.

    `asked`: the key of the input that asks for an analyte; `told`, the same of what is no quantity. A new result of one
    of `opening` can bring a card of its own.
    """

    analytes: Mapping[CodeKey, str]
    analyte_keys: Mapping[CodeKey, str]
    asked: Mapping[str, str]
    told: Mapping[str, str]
    opening: tuple[str, ...]
    roles: Mapping[str, tuple[DrugRole, ...]]
    products: Mapping[str, Product]
    magnesium_products: Mapping[str, MagnesiumProduct]
    names: Index
    international_names: Index
    kinds: Mapping[tuple[str, ...], str]
    brands: Mapping[tuple[str, ...], str]
    atc: Mapping[str, Product]
    classes: frozenset[str]
    condition_codes: Mapping[CodeKey, tuple[str, ...]]
    condition_words: Sequence[ConditionWords]
    any_condition_word: re.Pattern[str]
    site_drugs: Mapping[CodeKey, str]
    others: frozenset[CodeKey] = frozenset()
    headings: frozenset[str] = frozenset()

    def analyte_of(self, codings: Iterable[CodeKey]) -> str | None:
        """The analyte of the first code we know, in whatever spelling of its system."""
        for system, code in codings:
            found = self.analytes.get((system, code)) or self.analyte_keys.get((system_of(system), code))
            if found:
                return found
        return None

    def asked_by(self, key: str) -> list[str]:
        """The analytes, and what is told beside them, that an input asks for, by its key."""
        return [name for name, asked in (*self.asked.items(), *self.told.items()) if asked == key]

    def codes_of(self, analytes: Iterable[str]) -> list[CodeKey]:
        """Every (system, code) of some analytes, for a search."""
        wanted = set(analytes)
        return [key for key, analyte in self.analytes.items() if analyte in wanted]

    def product_of(self, codings: Iterable[CodeKey]) -> tuple[str, Product] | None:
        """(code, product) of the first drug code we know: the site's own, ingredient or product; then ATC."""
        keys = [(system_of(system), code) for system, code in codings]
        for key in keys:
            if key in self.site_drugs:
                return key[1], Product((self.site_drugs[key],), "")
        for system, code in keys:
            if system == RXNORM and (code in self.products or code in self.roles):
                return code, self.products.get(code) or Product((code,), "")
        grouped = (self._of_group(code) for system, code in keys if system == ATC)
        found = next((("", product) for product in grouped if product), None)
        return found or (("", Product((), "")) if self.is_other(keys) else None)

    def is_other(self, codings: Iterable[CodeKey]) -> bool:
        """Whether the site says of a code that it is of something else."""
        return bool(self.others) and any((system_of(system), code) in self.others for system, code in codings)

    def _of_group(self, code: str) -> Product | None:
        """What an ATC code stands for, by its longest known beginning; a whole code of no group is another medicine."""
        told = code.replace(" ", "").upper()
        beginnings = (told[:length] for length in range(_LONGEST_ATC, _SHORTEST_ATC - 1, -1) if length <= len(told))
        found = next((self.atc[b] for b in beginnings if b in self.atc), None)
        return found or (Product((), "") if _ATC_CODE.fullmatch(told) else None)

    def drug(self, ingredients: tuple[str, ...]) -> Drug:
        """The drug that is made of these ingredients."""
        return _drug(self, ingredients)

    def ingredients_named(self, words: Sequence[str]) -> tuple[str, ...]:
        """Ingredient codes named in a text, given as `words_in` it, by whole ingredient or brand words."""
        return tuple(dict.fromkeys(code for match in self._matches(words) for code in match.codes if code))

    def _matches(self, words: Sequence[str]) -> list[Match]:
        return matches(words, self.names, self.international_names)

    def product_named(self, words: Sequence[str], told: str) -> Product:
        """What a text names, given as `words_in` it too: ingredients, brands, and magnesium in any spelling."""
        found = self._matches(words)
        codes = [code for match in found for code in match.codes if code]
        kinds = [self.kinds[match.name] for match in found if match.name in self.kinds]
        salt = magnesium_salt(words, told, found)
        if salt is not None:
            codes.append(self._salt_code(salt))
        kind = next((kind for kind in kinds if kind != _NONE), "")
        if kind == CARDIOPLEGIA or (kind in MAGNESIUM_BESIDES and "6585" not in codes):
            codes = [code for code in codes if not self._is_magnesium(code)]
        brand = next((self.brands[match.name] for match in found if match.name in self.brands), "")
        return Product(tuple(dict.fromkeys(codes)), "", " / " in told or " and " in told, kind, brand)

    def _is_magnesium(self, code: str) -> bool:
        return any(role.role == "magnesium_product" for role in self.roles.get(code, ()))

    def _salt_code(self, salt: str) -> str:
        named = self.names.get(MAGNESIUM, ())
        words = tuple(f"{MAGNESIUM} {salt}".split())
        told = next((code for name, code in named if name == words), "")
        return told if salt != NOT_TOLD and told else MAGNESIUM

    def categories_of(self, codings: Sequence[CodeKey], text: str) -> tuple[str, ...]:
        """The categories of a condition, by its codes and its words together."""
        return _categories(self, tuple(codings), fold(text))

    def is_heading(self, key: CodeKey) -> bool:
        """Whether an ICD-10 code stands for several problems of which one may matter: I44, I44.-, I30-I52, IX."""
        told = icd_code(key[1])
        return system_of(key[0]) == ICD10 and (told in self.headings or not is_one_icd_code(key[1]))

    def coded_categories(self, key: CodeKey) -> tuple[str, ...]:
        """The categories of one code; of an ICD code from the longest known beginning on, until one says "none"."""
        system, code = system_of(key[0]), key[1]
        if system not in _ICD:
            return self.condition_codes.get((system, code), ())
        if not is_one_icd_code(code):
            return ()
        told, found = icd_code(code), list[str]()
        for length in range(len(told), 0, -1):
            listed = self.condition_codes.get((system, told[:length]), ())
            found += listed
            if any(category.startswith(NOT_A) for category in listed):
                break
        return tuple(dict.fromkeys(found))


# the category of a code that says what is not there, whatever the words or its first characters are: remission, chronic
NOT_A = "not "
_DENIAL = re.compile(
    r"\b(?:no evidence|negative for|ruled? out|r/o|excluded|history|p?m?hx|fhx|h/o|s/p|status post|prevent\w*"
    r"|prophyla\w+|precautions?|planned|booked|awaiting|refer(?:ral|red)|declin\w+|refus\w+|evaluat\w+|discuss\w+|revoked"
    r"|previous(?:ly)?|resolved|recovered|formerly|childhood|in the past|(?:years?|yrs?|months?) ago"
    # another kind than the code says: the milder arrhythmia, no epileptic seizure, drinking that is over
    r"|non-? ?sustained|nicht[- ]anhaltend\w*|non[- ]soutenue|no sostenida|non sostenuta"
    r"|psychogenic|functional seizures?|dissociative|non-? ?epileptic|pseudo-?seizures?|in remission|sober since)\b"
    r"|^(?:no|denies|kein\w*) "
)
# beside words that name the milder alone a code of both is that, as ICD-10 R34 is
_NARROWED = {"anuria": "oliguria", "ventricular_arrhythmia": "nonsustained_vt"}
# a code of the first is one of the second too: words that deny the first deny both, where they do not name the second
_PART_OF = {"torsades": "ventricular_arrhythmia"}


@kept_by_value(4096)
def _categories(terminology: Terminology, codings: tuple[CodeKey, ...], told: str) -> tuple[str, ...]:
    """A hospital has some thousand problems, which come again and again."""
    coded = dict.fromkeys(category for key in codings for category in terminology.coded_categories(key))
    words = terminology.condition_words if terminology.any_condition_word.search(told) else ()
    left_out = {category.removeprefix(NOT_A) for category in coded if category.startswith(NOT_A)}
    if _DENIAL.search(told):
        left_out |= _denied(told, words)
    worded = _worded(told, words)
    left_out |= {wide for wide, narrow in _NARROWED.items() if narrow in worded and wide not in worded}
    left_out |= {whole for part, whole in _PART_OF.items() if part in left_out and whole not in worded}
    found = (c for c in (*coded, *worded) if not c.startswith(NOT_A))
    return tuple(category for category in dict.fromkeys(found) if category not in left_out)


def _denied(told: str, among: Iterable[ConditionWords]) -> set[str]:
    """The categories that a text names only to deny them: "rule out heart block"."""
    return {w.category for w in among if w.pattern.search(told) and w.unless.search(told)}


@kept_by_value(4096)
def _drug(terminology: Terminology, ingredients: tuple[str, ...]) -> Drug:
    roles = tuple(role for code in ingredients for role in terminology.roles.get(code, ()))
    name = " / ".join(dict.fromkeys(role.ingredient for role in roles)) or _NAMELESS
    return Drug(name, roles, frozenset(role.role for role in roles))


def _worded(told: str, among: Iterable[ConditionWords]) -> dict[str, None]:
    """The categories that a text in lower case names."""
    said = (w for w in among if w.pattern.search(told) and not w.unless.search(told))
    return dict.fromkeys(w.category for w in said)
