"""How much sulfate a mL of an order holds, by its words: "4 g/100 mL", "30 g in ... 250 mL", "50%"."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cards.loading.dose_language import DoseLanguage

# each run of digits is tried once, from its start, and never given back: a text may hold anything
_NUMBER = r"(?<![\d.])(\d{1,9}+(?:\.\d{1,9}+)?+)"
_HOLDS = re.compile(rf"{_NUMBER} ?(g|mg|meq|mmol) ?(/|in\b|per\b)")
_VOLUME = re.compile(rf"(?:{_NUMBER} ?)?\b(ml|l)\b")
_DIRECT = re.compile(rf" ?(?:{_NUMBER} ?)?(ml|l)\b")
_PERCENT = re.compile(rf"{_NUMBER} ?%")
_ENDS = re.compile(r"[,;()]|\b(?:h|min|over|at|every|g|mg)\b")
_BEFORE = re.compile(r"([a-z]+)\W{0,3}\Z")
_AFTER = re.compile(r"\W{0,3}([a-z]+)")
_CONTAINER = re.compile(r"\b(?:ampoule|vial|bag|syringe)s?\b")
_FILLED = re.compile(rf"{_NUMBER} ?ml (?:ampoule|vial|bag|syringe)s?\b")
_LEADING = re.compile(rf"{_NUMBER} ?ml\b")
_ANY_VOLUME = re.compile(rf"{_NUMBER} ?(ml|l)\b")
_INTO = re.compile(rf"\b(?:in|into|to|with) {_NUMBER} ?(ml|l)\b")
_DENIED = re.compile(r"\b(?:not|never|no|avoid|cannot|don t|don't|nicht|nie|jamais)\b[^.;,]{0,40}\Z")
_PERCENT_ML = 100.0
_BAG_ML = 50.0
_ML = {"ml": 1.0, "l": 1000.0}
_NEAR = 60


@dataclass(frozen=True, slots=True)
class Strength:
    """Grams of sulfate in so many mL."""

    grams: float
    ml: float

    @property
    def grams_per_ml(self) -> float:
        """Grams in one mL."""
        return self.grams / self.ml


def strength_of(name: str, dosages: str, grams_per: Mapping[str, float], language: DoseLanguage) -> Strength | None:
    """The strength of what is given: a mixture before a vial, the dosage before the name (texts in plain form)."""
    found = [s for text in (dosages, name) for s in _told(text, grams_per)]
    mixed = [strength for is_mixed, strength in found if is_mixed]
    percents = (p for text in (name, dosages) for p in _percents(text, language))
    return next(iter([*mixed, *(strength for _, strength in found)]), None) or next(percents, None)


def as_given(text: str, grams_per: Mapping[str, float], language: DoseLanguage) -> float | None:
    """g/mL as it goes into the vein, by a dosage in plain form; None where that, or that it is diluted, is not sure.

    A dose in a volume ("4 g in 8 mL"), or told to be undiluted: of a product whose strength `grams_per` tells.
    """
    undiluted = _is_undiluted(text, language)
    if not undiluted and language.diluted.search(text):
        return None
    mixed = {strength for is_mixed, strength in _told(text, grams_per) if is_mixed}
    volumes = {float(volume) * _ML[unit] for volume, unit in (_INTO if undiluted else _ANY_VOLUME).findall(text)}
    if len(mixed) > 1 or volumes - {strength.ml for strength in mixed}:
        return None
    return mixed.pop().grams_per_ml if mixed else grams_per.get("ml") if undiluted else None


def _is_undiluted(text: str, language: DoseLanguage) -> bool:
    found = language.undiluted.search(text)
    return found is not None and not _DENIED.search(text[max(found.start() - _NEAR, 0) : found.start()])


def container_of(name: str, grams_per: Mapping[str, float], language: DoseLanguage) -> float | None:
    """Grams in one ampoule, vial or bag of a product by its name: "50% 10 mL ampoule"; None where that is not told."""
    strengths = [strength for _, strength in _told(name, grams_per)] + list(_percents(name, language))
    if len(strengths) != 1:
        return None
    [strength], is_container = strengths, bool(_CONTAINER.search(name))
    if 1 < strength.ml != _PERCENT_ML:
        return strength.grams if is_container or strength.ml >= _BAG_ML else None
    volumes = {float(volume) for volume in _FILLED.findall(name)}
    leading = _LEADING.match(name)
    volumes |= {float(leading.group(1))} if leading else set()
    return strength.grams_per_ml * volumes.pop() if len(volumes) == 1 else None


def _told(text: str, grams_per: Mapping[str, float]) -> Iterator[tuple[bool, Strength]]:
    """(is a mixture, strength) of every mass with a volume behind it."""
    for match in _HOLDS.finditer(text):
        rest = text[match.end() : match.end() + _NEAR]
        is_mixed = match.group(3) == "in"
        volume = _VOLUME.search(rest) if is_mixed else _DIRECT.match(rest)
        if volume is None or (is_mixed and _ENDS.search(rest[: volume.start()])):
            continue
        ml = float(volume.group(1) or 1) * _ML[volume.group(2)]
        if ml:
            yield is_mixed, Strength(float(match.group(1)) * grams_per[match.group(2)], ml)


def _percents(text: str, language: DoseLanguage) -> Iterator[Strength]:
    """Grams in 100 mL; not of the fluid that carries it."""
    for match in _PERCENT.finditer(text):
        before = _BEFORE.search(text[max(match.start() - _NEAR, 0) : match.start()])
        after = _AFTER.match(text[match.end() : match.end() + _NEAR])
        beside = {word.group(1) for word in (before, after) if word}
        if beside.isdisjoint(language.carriers) and float(match.group(1)):
            yield Strength(float(match.group(1)), _PERCENT_ML)
