"""What codes and names mean to us: analytes, drugs and their roles, products, categories of conditions."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from cards.model import DrugRole, MagnesiumKind

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
_ICD_SYSTEMS = frozenset({ICD10, "http://hl7.org/fhir/sid/icd-10", "http://terminology.hl7.org/CodeSystem/icd10-cm"})
_WORD = re.compile(r"[a-z0-9]+")
_NAMELESS = "another medicine"

CodeKey = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Product:
    """The ingredients of a product code and how it is given ("" when the name does not say)."""

    ingredients: tuple[str, ...]
    route: str
    combination: bool = False


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
    unless: re.Pattern[str] | None


@dataclass(frozen=True, slots=True, eq=False)
class Terminology:
    """All code tables, read once; a site's own codes are merged in. Each is itself alone, so that it can be a key."""

    analytes: Mapping[CodeKey, str]
    roles: Mapping[str, tuple[DrugRole, ...]]
    products: Mapping[str, Product]
    magnesium_products: Mapping[str, MagnesiumProduct]
    names: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]
    condition_codes: Mapping[CodeKey, tuple[str, ...]]
    condition_prefixes: Mapping[str, tuple[str, ...]]
    prefix_lengths: Sequence[int]
    condition_words: Sequence[ConditionWords]
    words_beside_codes: Sequence[ConditionWords]
    any_condition_word: re.Pattern[str]
    site_drugs: Mapping[CodeKey, str]

    @property
    def systems(self) -> Collection[str]:
        """The code systems whose codes we know, or know to be of something else."""
        return _SYSTEMS

    def analyte_of(self, codings: Iterable[CodeKey]) -> str | None:
        """The analyte of the first code we know; LOINC is also accepted as an OID."""
        for system, code in codings:
            found = self.analytes.get((_OIDS.get(system, system), code))
            if found:
                return found
        return None

    def codes_of(self, analytes: Iterable[str]) -> list[CodeKey]:
        """Every (system, code) of some analytes, for a search."""
        wanted = set(analytes)
        return [key for key, analyte in self.analytes.items() if analyte in wanted]

    def product_of(self, codings: Iterable[CodeKey]) -> tuple[str, Product] | None:
        """(code, product) of the first drug code we know: ingredient, product or the site's own."""
        for system, code in codings:
            if (system, code) in self.site_drugs:
                return code, Product((self.site_drugs[system, code],), "")
            if _url(system) == RXNORM and (code in self.products or code in self.roles):
                return code, self.products.get(code) or Product((code,), "")
        return None

    def drug(self, ingredients: tuple[str, ...]) -> Drug:
        """The drug that is made of these ingredients."""
        return _drug(self, ingredients)

    def ingredients_named(self, words: Sequence[str]) -> tuple[str, ...]:
        """Ingredient codes named in a text, given as `words_in` it, by whole ingredient or brand words."""
        return tuple(dict.fromkeys(self._named(words)))

    def _named(self, words: Sequence[str]) -> Iterator[str]:
        position = 0
        while position < len(words):
            step = 1
            for name, code in self.names.get(words[position], ()):
                if tuple(words[position : position + len(name)]) == name:
                    yield code
                    step = max(step, len(name))
            position += step

    def categories_of(self, codings: Sequence[CodeKey], text: str) -> tuple[str, ...]:
        """The categories of a condition: by code, else by the words of its text."""
        coded = [category for key in codings for category in self._coded(key)]
        told = text.lower()
        if coded:
            return tuple(dict.fromkeys((*coded, *_worded(told, self.words_beside_codes))))
        return tuple(_worded(told, self.condition_words)) if self.any_condition_word.search(told) else ()

    def _coded(self, key: CodeKey) -> tuple[str, ...]:
        system, code = _url(key[0]), key[1]
        exact = self.condition_codes.get((system, code), ())
        if system not in _ICD_SYSTEMS:
            return exact
        found = [*exact, *self.condition_codes.get((ICD10, code), ())]
        for length in self.prefix_lengths:
            if length <= len(code):
                found += self.condition_prefixes.get(code[:length], ())
        return tuple(dict.fromkeys(found))


_OIDS = {
    "urn:oid:2.16.840.1.113883.6.1": LOINC,
    "urn:oid:2.16.840.1.113883.6.88": RXNORM,
    "urn:oid:2.16.840.1.113883.6.96": SNOMED,
    "urn:oid:2.16.840.1.113883.6.90": ICD10,
}

_SYSTEMS = frozenset({LOINC, RXNORM, SNOMED, *_ICD_SYSTEMS, *_OIDS})


@lru_cache(maxsize=4096)
def _drug(terminology: Terminology, ingredients: tuple[str, ...]) -> Drug:
    roles = tuple(role for code in ingredients for role in terminology.roles.get(code, ()))
    name = " / ".join(dict.fromkeys(role.ingredient for role in roles)) or _NAMELESS
    return Drug(name, roles, frozenset(role.role for role in roles))


def words_in(text: str) -> list[str]:
    """The words of a text in lower case, without punctuation."""
    return _WORD.findall(text.lower())


def _worded(told: str, among: Iterable[ConditionWords]) -> dict[str, None]:
    """The categories that a text in lower case names."""
    said = (w for w in among if w.pattern.search(told) and not (w.unless and w.unless.search(told)))
    return dict.fromkeys(w.category for w in said)


def _url(system: str) -> str:
    return _OIDS.get(system, system)


def name_index(named: Iterable[tuple[str, str]]) -> dict[str, tuple[tuple[tuple[str, ...], str], ...]]:
    """(name, ingredient code) pairs by their first word, longest name first."""
    index: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for name, code in named:
        words = tuple(words_in(name))
        if words:
            index.setdefault(words[0], []).append((words, code))
    return {word: tuple(sorted(entries, key=lambda e: -len(e[0]))) for word, entries in index.items()}
