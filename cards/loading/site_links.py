"""The links that a site puts on cards: pages, and SMART apps that the record system starts."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from cards.loading.reading import Places, did_you_mean
from cards.model import Problem

ABSOLUTE, SMART = "absolute", "smart"
_NEEDED = ("label", "url")
_KEYS = (*_NEEDED, "type", "app_context", "problems", "rules")
_PROBLEMS: Mapping[str, Problem] = {problem.name.lower(): problem for problem in Problem}


@dataclass(frozen=True, slots=True)
class SiteLink:
    """A link as CDS Hooks tells it: `kind` is its type, `app_context` goes to a SMART app as it stands ("": none).

    `problems`: what a card must be about to carry it; `rules`: of which one must speak on it, none: any.
    """

    label: str
    url: str
    kind: str
    app_context: str
    problems: frozenset[Problem]
    rules: frozenset[str] = frozenset()

    def is_for(self, problem: Problem, rules: Collection[str]) -> bool:
        """Whether a card about a problem, on which some rules speak, carries it."""
        return problem in self.problems and (not self.rules or not self.rules.isdisjoint(rules))

    def as_told(self) -> dict[str, object]:
        """The link of a card."""
        context = {"appContext": self.app_context} if self.app_context else {}
        return {"label": self.label, "url": self.url, "type": self.kind, **context}


def read_links(told: list[Any], places: Places) -> tuple[SiteLink, ...]:
    """The links of a site file; KnowledgeError with file, line and reason."""
    return tuple(_Reader(item, places, ("links", str(number))).link() for number, item in enumerate(told))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one link."""

    told: Any
    places: Places
    path: tuple[str, ...]

    def link(self) -> SiteLink:
        if not isinstance(self.told, dict) or not set(_NEEDED) <= set(self.told):
            raise self.places.error(f"links: each needs {' and '.join(_NEEDED)}", *self.path)
        for key in self.told:
            if key not in _KEYS:
                raise self.places.error(
                    f"links: unknown key {key!r}{did_you_mean(str(key), _KEYS)}", *self.path, str(key)
                )
        return SiteLink(
            self._text("label"), self._url(), self._kind(), self._context(), self._problems(), self._rules()
        )

    def _text(self, key: str) -> str:
        value = self.told[key]
        if isinstance(value, dict | list | bool | None) or not str(value).strip():
            raise self.places.error(f"links: {key} needs a text", *self.path, key)
        return self.places.written.get((*self.path, key), str(value))

    def _url(self) -> str:
        url = self._text("url")
        if not url.startswith(("https://", "http://")) or not urlsplit(url).netloc:
            raise self.places.error("a link's url must be absolute", *self.path, "url")
        return url

    def _kind(self) -> str:
        kind = self._text("type") if "type" in self.told else ABSOLUTE
        if kind not in (ABSOLUTE, SMART):
            raise self.places.error(f"links: type is {kind!r}; allowed: {ABSOLUTE}, {SMART}", *self.path, "type")
        return kind

    def _context(self) -> str:
        if "app_context" not in self.told:
            return ""
        if self._kind() != SMART:
            raise self.places.error(f"links: app_context is for type: {SMART} only", *self.path, "app_context")
        return self._text("app_context")

    def _rules(self) -> frozenset[str]:
        if "rules" not in self.told:
            return frozenset()
        names = self.told["rules"]
        if not isinstance(names, list) or not names or not all(isinstance(name, str) for name in names):
            raise self.places.error("links: rules needs a list of names", *self.path, "rules")
        return frozenset(names)

    def _problems(self) -> frozenset[Problem]:
        """Every problem where none is named."""
        names = self.told.get("problems", list(_PROBLEMS))
        if not isinstance(names, list) or not names:
            raise self.places.error("links: problems needs a list", *self.path, "problems")
        for number, name in enumerate(names):
            if not isinstance(name, str) or name not in _PROBLEMS:
                reason = f"links: unknown problem {name!r}{did_you_mean(str(name), _PROBLEMS) or _all_problems()}"
                raise self.places.error(reason, *self.path, "problems", str(number))
        return frozenset(_PROBLEMS[name] for name in names)


def check_links(rules: Collection[str], places: Places) -> None:
    """KnowledgeError for a link of a rule that is unknown."""
    for path, rule in places.written.items():
        if path[0] == "links" and path[2:3] == ("rules",) and rule not in rules:
            raise places.error(f"links: unknown rule {rule!r}{did_you_mean(rule, rules)}", *path)


def _all_problems() -> str:
    return f"; allowed: {', '.join(_PROBLEMS)}"
