"""Words in place of the English ones: of a language (words/LANGUAGE) and of a site's own file, by the same keys."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from string import Formatter
from typing import Any

from cards.loading.advice import Advice
from cards.loading.knowledge import Knowledge, Translation
from cards.loading.reading import Path, Places, did_you_mean, parse_yaml, places_of, read_yaml, traverse
from cards.loading.site import Site
from cards.loading.worded import worded
from cards.voice import AS_WRITTEN, DATE_FORMS, Voice, voice

ENGLISH = "en"
_HEAD = ("status", "approved_by", "decimal", "date", "note")
_TABLES = ("phrases", "conditions", "monitoring", "tests", "renal_states", "override_reasons", "products")
_SECTIONS = ("advice", "patterns", "terms", *_TABLES)
_DRAFT, _APPROVED = "draft", "approved"
Texts = dict[Path, Any]


@dataclass(frozen=True, slots=True)
class _File:
    """A words file: its texts by path of keys, and the place of each."""

    told: Mapping[str, Any]
    places: Places

    def texts(self) -> Texts:
        """Every text of the sections whose keys are ours."""
        tables = ((name, self.told.get(name) or {}) for name in ("advice", *_TABLES))
        return {path: text for name, told in tables for path, text in _deep(told, (name,))}


def in_words(known: Knowledge, folder: Traversable, files: Mapping[str, str]) -> Knowledge:
    """The knowledge in the words of the site: its language first, then its own; English where both are silent."""
    read = [*_of_language(known.site, folder), *_of_site(known.site, files)]
    if not read and known.site.date_form == AS_WRITTEN:
        return known
    english, numbers = _english(known), frozenset(f"n[{name}]" for name in known.numbers)
    texts: Texts = {}
    for file in read:
        _check(file, english, numbers)
        texts |= file.texts()
    language = {path for file in read[: known.site.language != ENGLISH] for path in file.texts()}
    missing = sorted(".".join(path) for path in english.keys() - language) if known.site.language != ENGLISH else []
    return worded(known, texts, _voice(read, known.site), _translation(read, known.site, tuple(missing)))


def _of_language(site: Site, folder: Traversable) -> Iterator[_File]:
    if site.language == ENGLISH:
        return
    known = sorted(p.name for p in folder.iterdir() if p.is_dir())
    if site.language not in known:
        reason = f"language: none is called {site.language!r}{did_you_mean(site.language, known)}"
        raise site.error(reason, "language")
    merged: dict[str, Any] = {}
    for path in traverse(folder / site.language):
        for section, told in read_yaml(path).items():
            merged[section] = {**merged.get(section, {}), **told} if isinstance(told, dict) else told
    yield _File(merged, Places(f"words/{site.language}"))


def _of_site(site: Site, files: Mapping[str, str]) -> Iterator[_File]:
    for name in site.words:
        if name not in files:
            raise site.error(f"words: the file {name} was not found beside the site file", "words")
        told, places = parse_yaml(files[name], name), places_of(files[name], name)
        if not isinstance(told, dict):
            raise places.error(f"a words file is a mapping of {', '.join(_SECTIONS)}")
        yield _File(told, places)


# -- the English texts, by the same keys ------------------------------------------------------------------------------
def _english(known: Knowledge) -> Texts:
    """Every text that may be said otherwise."""
    texts: Texts = {("phrases", *key.split(".")): text for key, text in known.words.phrases.items()}
    texts |= {("conditions", key): text for key, text in known.conditions.names.items()}
    texts |= {("monitoring", key): text for key, text in known.monitoring.items()}
    texts |= {("products", key): product.display for key, product in known.products.items()}
    texts |= {("renal_states", state.condition): state.words for state in known.renal_states}
    texts |= {("override_reasons", code): display for code, display in known.override_reasons.reasons}
    for name, test in known.tests.items():
        told = {"short": test.short, "text": test.text, "beside": test.beside}
        texts |= {("tests", name, key): text for key, text in told.items() if text}
    for advice in known.advice.values():
        texts |= {("advice", advice.rule, *path): text for path, text in _of_advice(advice).items()}
    return texts


def _of_advice(advice: Advice) -> Texts:
    texts: Texts = {("summary",): advice.summary} if advice.summary else {}
    texts |= {("summaries", key): text for key, text in advice.summaries.items()}
    texts |= {("lines", key): line.text for key, line in advice.lines.items()}
    return texts | {("suggestions", key): text for key, text in advice.suggestions.items()}


# -- checks -----------------------------------------------------------------------------------------------------------
def _check(file: _File, english: Texts, numbers: Collection[str]) -> None:
    for section in file.told:
        if section not in (*_SECTIONS, *_HEAD):
            near = did_you_mean(str(section), (*_SECTIONS, *_HEAD))
            raise file.places.error(f"unknown section {section!r}{near}", str(section))
    for path, text in file.texts().items():
        reason = _misfit(text, english[path], numbers) if path in english else _unknown(path, english)
        if reason:
            raise file.places.error(f"{'.'.join(path)}: {reason}", *path)
    _check_terms(file)


def _check_terms(file: _File) -> None:
    for key, text in (file.told.get("terms") or {}).items():
        if not isinstance(key, str) or not key.strip() or not isinstance(text, str):
            raise file.places.error(f"terms: {key!r} needs a text", "terms", str(key))


def _unknown(path: Path, english: Texts) -> str:
    """Which key of a path nobody knows, with those like it beside it."""
    for length in range(1, len(path)):
        beside = {known[length] for known in english if known[:length] == path[:length] and len(known) > length}
        if path[length] not in beside:
            return f"unknown key {path[length]!r}{did_you_mean(path[length], beside)}"
    return "is no text"


def _misfit(text: Any, english: Any, numbers: Collection[str]) -> str:
    """Why a text cannot stand for the English one; "" when it can. It may name any number (thresholds.yaml)."""
    if isinstance(english, list):
        fits = isinstance(text, list) and len(text) == len(english) and all(isinstance(form, str) for form in text)
        return "" if fits else f"needs {len(english)} forms, as {english}"
    if not isinstance(text, str) or not text.strip():
        return "needs a text"
    try:
        known = _fields(english)
        unknown = sorted(field for field in _fields(text) - known if field not in numbers)
    except ValueError as problem:
        return f"cannot be filled in: {problem}"
    return f"unknown placeholder {{{unknown[0]}}}{did_you_mean(unknown[0], known)}" if unknown else ""


def _fields(text: str) -> set[str]:
    return {field for _, field, _, _ in Formatter().parse(text) if field is not None}


# -- the rest ---------------------------------------------------------------------------------------------------------
def _voice(read: list[_File], site: Site) -> Voice:
    terms: dict[str, str] = {}
    patterns: list[tuple[re.Pattern[str], str]] = []
    head: dict[str, str] = {"decimal": ".", "date": AS_WRITTEN}
    for file in read:
        terms |= file.told.get("terms") or {}
        patterns += [_pattern(told, file, number) for number, told in enumerate(file.told.get("patterns") or [])]
        head |= {key: str(file.told[key]) for key in head if key in file.told}
        if head["date"] not in DATE_FORMS or head["decimal"] not in (".", ","):
            raise file.places.error(f"date is one of {', '.join(DATE_FORMS)}; decimal is . or ,", "date")
    return voice(terms, patterns, head["decimal"], site.date_form if site.date_form != AS_WRITTEN else head["date"])


def _pattern(told: Any, file: _File, number: int) -> tuple[re.Pattern[str], str]:
    try:
        english, text = told
        pattern = re.compile(english)
        pattern.sub(text, "")
    except (re.error, TypeError, ValueError):
        reason = "patterns: each is a list of a pattern and the text in its place"
        raise file.places.error(reason, "patterns", str(number)) from None
    return pattern, text


def _translation(read: list[_File], site: Site, missing: tuple[str, ...]) -> Translation:
    """Who signed the language, and what of it falls back to English."""
    head = read[0].told if site.language != ENGLISH else {}
    signed = head.get("status") == _APPROVED and bool(head.get("approved_by"))
    note = "" if signed or not head else str(head.get("note") or "")
    return Translation(site.language, str(head.get("approved_by") or ""), note, missing)


def _deep(told: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if not isinstance(told, dict):
        yield path, told
        return
    for key, value in told.items():
        yield from _deep(value, (*path, str(key)))
