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
            yield Strength(float(match.group(1)), 100.0)
