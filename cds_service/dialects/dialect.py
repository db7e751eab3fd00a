"""A dialect: where a record system differs from the specification, read from a file of facts with source and date."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from cards import KnowledgeError, Places, did_you_mean, parse_yaml, places_of
from cds_service import named_files
from cds_service.run.settings import SettingsError

AS_DECIDED = "as decided"
WORDS = "words"
_CHOICES: Mapping[tuple[str, ...], tuple[Any, ...]] = {
    ("suggestions", "actions"): ("any", 1),
    ("suggestions", "draft_removal"): ("delete", WORDS),
    ("suggestions", "stop"): (AS_DECIDED, "delete", WORDS),
    ("orders", "intent"): (AS_DECIDED, "order", "proposal"),
    ("orders", "category"): ("none", "setting"),
    ("orders", "details"): ("kept", "ignored"),
    ("orders", "codes"): ("ours", "own"),
    ("topics",): ("shared", "per problem"),
    ("links",): ("any", "https", "listed", "none"),
    ("text",): ("markdown", "plain"),
}
_SECTIONS = frozenset({"suggestions", "orders"})
_SELECTION = ("at-most-one", "any")
# below these a dose does not fit; above them the specification, or our own labels, end
_SUMMARY, _LABEL = range(100, 140), range(60, 101)


@dataclass(frozen=True, slots=True)
class Dialect:
    """How one record system wants its answers. `summary` and `label`: the most characters of each.

    `one_action`: a suggestion has one action. `selection`: the values of selectionBehavior that it takes.
    `draft_removal` and `stop`: how a draft is taken back and an active order stopped. `details_ignored`: dose and rate
    of a suggested order may be replaced. `own_codes`: only its own codes can be ordered. `override_reasons`: the name
    in its feedback.
    """

    key: str
    name: str
    source: str
    known_on: date
    hooks: tuple[str, ...]
    one_action: bool
    selection: frozenset[str]
    draft_removal: str
    stop: str
    intent: str
    category: bool
    details_ignored: bool
    own_codes: bool
    own_topics: bool
    links: str
    plain: bool
    summary: int
    label: int
    override_reasons: str


@dataclass(frozen=True, slots=True)
class DialectWords:
    """What is said in place of an action, under which heading, and the topics: system, and code and name by problem."""

    heading: str
    says: Mapping[str, str]
    system: str
    topics: Mapping[str, Mapping[str, str]]


@cache
def shipped() -> Mapping[str, Dialect]:
    """The dialects that come with the service, by the name that a clients file gives them."""
    folder = files("cds_service.dialects")
    names = sorted(path.name.removesuffix(".yaml") for path in folder.iterdir() if path.name.endswith(".yaml"))
    return {name: dialect_of(_text(name), name, f"{name}.yaml") for name in names if name != WORDS}


@cache
def standard() -> Dialect:
    """The specification itself."""
    return shipped()["standard"]


@cache
def dialect_words() -> DialectWords:
    """The words of all dialects."""
    told = parse_yaml(_text(WORDS), "words.yaml")
    return DialectWords(told["heading"], told["says"], told["topic_system"], told["topics"])


def read_dialect(path: Path) -> Dialect:
    """A dialect of a site; SettingsError with file, line and reason when it is wrong."""
    try:
        return dialect_of(named_files.text_of(path), path.name.removesuffix(".yaml"), path.name)
    except (OSError, UnicodeDecodeError) as problem:
        raise SettingsError(f"{path.name}: not readable as UTF-8 text: {problem}") from None
    except KnowledgeError as problem:
        raise SettingsError(str(problem)) from None


def _text(name: str) -> str:
    return (files("cds_service.dialects") / f"{name}.yaml").read_text(encoding="utf-8")


def dialect_of(text: str, key: str, file: str) -> Dialect:
    """The dialect of a text; what it leaves out is as in the specification."""
    told, usual = parse_yaml(text, file), parse_yaml(_text("standard"), "standard.yaml")
    return _Reader(told, usual, places_of(text, file)).dialect(key)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one file against the one that names every key."""

    told: Any
    usual: Mapping[str, Any]
    places: Places

    def dialect(self, key: str) -> Dialect:
        self._check(self.told, self.usual)
        for path in ("name", "source"):
            if not isinstance(self.told.get(path), str):
                raise self.places.error(f"{path} is missing: who says what this system does", path)
        chosen = {"_".join(path): self._choice(path) for path in _CHOICES}
        return Dialect(
            key=key,
            name=self.told["name"],
            source=self.told["source"],
            known_on=self._date(),
            hooks=tuple(self._texts("hooks")),
            one_action=chosen["suggestions_actions"] == 1,
            selection=self._selection(),
            draft_removal=chosen["suggestions_draft_removal"],
            stop=chosen["suggestions_stop"],
            intent=chosen["orders_intent"],
            category=chosen["orders_category"] == "setting",
            details_ignored=chosen["orders_details"] == "ignored",
            own_codes=chosen["orders_codes"] == "own",
            own_topics=chosen["topics"] == "per problem",
            links=chosen["links"],
            plain=chosen["text"] == "plain",
            summary=self._number("summary", _SUMMARY),
            label=self._number("label", _LABEL),
            override_reasons=self._key("override_reasons"),
        )

    def _check(self, told: Any, known: Mapping[str, Any], *path: str) -> None:
        if not isinstance(told, dict):
            raise self.places.error(f"needs a mapping of {', '.join(known)}", *path)
        for key, value in told.items():
            if key not in known:
                raise self.places.error(f"unknown key {key!r}{did_you_mean(str(key), known)}", *path, str(key))
            if (*path, key) == (key,) and key in _SECTIONS:
                self._check(value, known[key], key)

    def _at(self, *path: str) -> Any:
        told: Any = self.told
        usual: Any = self.usual
        for step in path:
            told, usual = (told or {}).get(step), usual[step]
        return usual if told is None else told

    def _choice(self, path: tuple[str, ...]) -> Any:
        value, allowed = self._at(*path), _CHOICES[path]
        if isinstance(value, bool) or value not in allowed:
            names = [str(choice) for choice in allowed]
            reason = f"{path[-1]} is {value!r}; allowed: {', '.join(names)}{did_you_mean(str(value), names)}"
            raise self.places.error(reason, *path)
        return value

    def _texts(self, *path: str) -> list[str]:
        value = self._at(*path)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.places.error(f"{path[-1]} needs a list of words", *path)
        return value

    def _selection(self) -> frozenset[str]:
        path = ("suggestions", "selection")
        values = self._texts(*path)
        for value in values:
            if value not in _SELECTION:
                reason = f"selection is {value!r}; allowed: {', '.join(_SELECTION)}{did_you_mean(value, _SELECTION)}"
                raise self.places.error(reason, *path)
        if "any" not in values:
            raise self.places.error("without `any` the suggestions of one advice cannot be taken together", *path)
        return frozenset(values)

    def _number(self, key: str, allowed: range) -> int:
        value = self._at(key)
        if isinstance(value, bool) or not isinstance(value, int) or value not in allowed:
            raise self.places.error(f"{key} is {value!r}; allowed: {allowed.start} to {allowed.stop - 1}", key)
        return value

    def _key(self, key: str) -> str:
        value = self._at(key)
        if not isinstance(value, str) or not value.isidentifier():
            raise self.places.error(f"{key} needs the name of a field", key)
        return value

    def _date(self) -> date:
        value = self.told.get("date")
        if not isinstance(value, date):
            raise self.places.error("date is missing: the day on which this was known, like 2026-11-28", "date")
        return value
