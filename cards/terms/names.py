"""Names of medicines as people write them: other languages, shorthand, and the word magnesium in whatever company."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from cards.terms.letters import unaccented

_WORD = re.compile(r"[a-z0-9]+")
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "&": " and "})
# what differs between languages for the same international name: hydrochlorothiazide, idroclorotiazide, Furosemid
_SPELLED = (
    *(("ph", "f"), ("th", "t"), ("ch", "c"), ("ck", "k"), ("qu", "k"), ("y", "i"), ("k", "c"), ("h", "")),
    *(("ts", "s"), ("z", "s"), ("x", "s"), ("cs", "s"), ("mf", "nf"), ("ct", "t")),
)
_TWICE = re.compile(r"(.)\1+")
# the salt that German, Dutch and Nordic names carry at their end: Levothyroxinnatrium
_SALT_ENDING = re.compile(
    r"(?:di)?(?:natrium|kalium|calcium|magnesium|h[iy]dr(?:oc?hlorid|oklorid|obromid)\w{0,20}|sulfa+t)$"
)
_LONG = 7
# short enough to be another word inside a text
_ONLY_FIRST = frozenset({("mom",), ("m", "o", "m"), ("sps",)})
_UNITS = frozenset({"g", "gm", "gms", "gram", "grams", "mg", "mmol", "meq", "mval", "ml"})

Entries = tuple[tuple[tuple[str, ...], str], ...]
Index = Mapping[str, Entries]


@dataclass(frozen=True, slots=True)
class Match:
    """A name found in a text: from word `start` up to `end`, the ingredients it stands for ("" for none)."""

    start: int
    end: int
    name: tuple[str, ...]
    codes: tuple[str, ...]


def fold(text: str) -> str:
    """Lower case without accents; letters of other scripts stay."""
    lower = text.lower().translate(_LETTERS)
    return lower if lower.isascii() else unaccented(lower)


def words_in(text: str) -> list[str]:
    """The words of a text in lower case, without accents and punctuation."""
    return _WORD.findall(fold(text))


def spelled(word: str) -> str:
    """A word of seven letters or more as all languages would agree to spell it; a shorter one as it is."""
    if len(word) < _LONG:
        return word
    bare = _SALT_ENDING.sub("", word)
    plain = bare if len(bare) >= _LONG else word
    for one, other in _SPELLED:
        plain = plain.replace(one, other)
    plain = _TWICE.sub(r"\1", plain)
    return plain.removesuffix("um") if plain.endswith("um") else plain[:-1] if plain[-1:] in "aeio" else plain


def name_index(named: Iterable[tuple[str, str]]) -> dict[str, Entries]:
    """(name, ingredient code) pairs by their first word, longest name first."""
    return _indexed((tuple(words_in(name)), code) for name, code in named)


def spelled_index(named: Iterable[tuple[str, str]]) -> dict[str, Entries]:
    """The same by international spelling."""
    return _indexed((tuple(spelled(word) for word in words_in(name)), code) for name, code in named)


def _indexed(named: Iterable[tuple[tuple[str, ...], str]]) -> dict[str, Entries]:
    index: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for words, code in named:
        if words and (words, code) not in index.get(words[0], ()):
            index.setdefault(words[0], []).append((words, code))
    return {word: tuple(sorted(entries, key=lambda e: -len(e[0]))) for word, entries in index.items()}


def matches(words: Sequence[str], plain: Index, international: Index) -> list[Match]:
    """The names in a text, from left to right, the longest at each place; none of them overlap."""
    found: list[Match] = []
    bones = [spelled(word) for word in words]
    position = 0
    while position < len(words):
        match = _match(words, position, plain) or _match(bones, position, international)
        if match:
            found.append(replace(match, codes=()) if _is_of_another(words, match) else match)
        position = match.end if match else position + 1
    return found


def _match(words: Sequence[str], start: int, index: Index) -> Match | None:
    for name, _ in index.get(words[start], ()):
        end = start + len(name)
        misplaced = start > 0 and name in _ONLY_FIRST
        if tuple(words[start:end]) == name and not misplaced and not _is_amount(name, words[end : end + 1]):
            codes = tuple(code for other, code in index[words[start]] if other == name)
            return Match(start, end, name, codes)
    return None


def _is_amount(name: tuple[str, ...], following: Sequence[str]) -> bool:
    """`Mag 2` and `Mag 4` are brands, but not in `mag 2 g`."""
    return len(name) > 1 and name[-1].isdigit() and not _UNITS.isdisjoint(following)


# beside the name of a drug these make it an antidote or an antibody: "digoxin immune fab", "anti-digoxin"
_NOT_ITSELF_BEFORE = frozenset({"anti", "serum"})
_NOT_ITSELF_AFTER = frozenset(
    {"immune", "fab", "antibody", "antibodies", "antikorper", "antidot", "antidote", "antidoto", "antitoxin"}
    | {"anticorps", "anticuerpos", "anticorpi", "specific"}
)
# and these a test of it, where nothing follows: "tacrolimus level guided dosing" is an order of tacrolimus
_TESTS = frozenset({"level", "levels", "spiegel", "assay", "trough"})


def _is_of_another(words: Sequence[str], match: Match) -> bool:
    """Whether the words around a name say that it is not the drug itself."""
    before, behind = words[match.start - 1] if match.start else "", words[match.end :]
    is_other = bool(behind) and (behind[0] in _NOT_ITSELF_AFTER or (len(behind) == 1 and behind[0] in _TESTS))
    return before in _NOT_ITSELF_BEFORE or is_other
