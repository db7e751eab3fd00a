"""What a site switches by rule and place: off, an indicator at most, cards at most; never a stop or critical card."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from typing import Any

from cards.loading.reading import Places, did_you_mean, read_yaml
from cards.model import Indicator

MOST_CARDS = 3
UNLESS_CRITICAL = "unless critical"
_SCOPES = ("hook", "unit", "specialty", "role", "client")
_WHOLE = ("unit", "client")
_DOES = ("off", "indicator", "cards")
_KEYS = (*_DOES, "rules", *_SCOPES)
_INDICATORS: Mapping[str, Indicator] = {i.word: i for i in Indicator if i is not Indicator.CRITICAL}
_CRITICAL = "critical"


@dataclass(frozen=True, slots=True)
class Switch:
    """One switch: what it does, to which rules (none: to the whole service), and where; all scopes told must fit.

    `only_quiet`: it silences what is not critical. `scopes`: by kind what fits, in lower case but for roles.
    """

    rules: frozenset[str] = frozenset()
    off: bool = False
    only_quiet: bool = False
    most_urgent: Indicator = Indicator.CRITICAL
    most_cards: int = MOST_CARDS
    scopes: Mapping[str, frozenset[str]] = field(default_factory=dict)


def read_switches(told: list[Any], places: Places) -> tuple[Switch, ...]:
    """The switches of a site file; KnowledgeError with file, line and reason."""
    return tuple(_Reader(item, places, ("switches", str(number))).switch() for number, item in enumerate(told))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads one switch."""

    told: Any
    places: Places
    path: tuple[str, ...]

    def switch(self) -> Switch:
        self._check_keys()
        switch = Switch(
            frozenset(self._texts("rules")),
            self.told.get("off") is True,
            self.told.get("off") == UNLESS_CRITICAL,
            self._indicator(),
            self._cards(),
            {kind: self._scope(kind) for kind in _SCOPES if kind in self.told},
        )
        self._check_reach(switch)
        return switch

    def _check_keys(self) -> None:
        if not isinstance(self.told, dict) or sum(key in self.told for key in _DOES) != 1:
            raise self.places.error(f"switches: each needs exactly one of {', '.join(_DOES)}", *self.path)
        for key in self.told:
            if key not in _KEYS:
                near = did_you_mean(str(key), _KEYS)
                raise self._error(f"unknown key {key!r}{near}", str(key))
        if self.told.get("off", True) not in (True, UNLESS_CRITICAL):
            raise self._error(f"off is true or `{UNLESS_CRITICAL}`", "off")

    def _check_reach(self, switch: Switch) -> None:
        if "cards" in self.told and switch.rules:
            raise self._error("cards at most is of an answer, not of rules; take rules out", "rules")
        if "indicator" in self.told and not switch.rules:
            raise self._error("indicator needs rules, a list of their names", "indicator")
        if "off" in self.told and not switch.rules and not any(kind in switch.scopes for kind in _WHOLE):
            raise self._error("off needs rules; the whole service goes off with a unit or client only", "off")

    def _error(self, reason: str, *path: str) -> Exception:
        return self.places.error(f"switches: {reason}", *self.path, *path)

    def _texts(self, key: str) -> tuple[str, ...]:
        """One text or a list of them, as written."""
        told = self.told.get(key, [])
        if not isinstance(told, list):
            return (self._text(told, key),)
        if key in self.told and not told:
            raise self._error(f"{key} needs a text or a list of texts", key)
        return tuple(self._text(item, key, str(number)) for number, item in enumerate(told))

    def _text(self, value: Any, *path: str) -> str:
        if isinstance(value, dict | list | bool | None) or not str(value).strip():
            raise self._error(f"{path[0]} needs a text or a list of texts", *path)
        return self.places.written.get((*self.path, *path), str(value)).strip()

    def _indicator(self) -> Indicator:
        word = self.told.get("indicator")
        if "indicator" in self.told and word not in _INDICATORS:
            raise self._error(f"indicator is {word!r}; allowed: {', '.join(_INDICATORS)}", "indicator")
        return _INDICATORS[word] if word else Indicator.CRITICAL

    def _cards(self) -> int:
        most = self.told.get("cards", MOST_CARDS)
        if isinstance(most, bool) or not isinstance(most, int) or not 1 <= most <= MOST_CARDS:
            raise self._error(f"cards is {most!r}; allowed: 1 to {MOST_CARDS}", "cards")
        return most

    def _scope(self, kind: str) -> frozenset[str]:
        told = self._texts(kind)
        return frozenset(told if kind == "role" else (text.casefold() for text in told))


def check_scopes(listed: Traversable, places: Places) -> None:
    """KnowledgeError for a hook or role that is not among those of `listed`."""
    told = {path: text for path, text in places.written.items() if path[0] == "switches"}
    for kind, known in read_yaml(listed).items() if told else ():
        for path, text in told.items():
            if path[2] == kind and text.partition("/")[0] not in known:
                raise places.error(f"switches: unknown {kind} {text!r}{did_you_mean(text, known)}", *path)


def check_switches(rules: Collection[str], listed: Traversable, places: Places) -> None:
    """KnowledgeError for a rule switched that is unknown, or that no site may switch off or lower (`listed`)."""
    written = {path: rule for path, rule in places.written.items() if _names_a_rule(path)}
    groups = read_yaml(listed) if written else {}
    kept = {
        rule: (name, group["reason"]) for name, group in groups.items() if "kept" in group for rule in group["rules"]
    }
    for path, rule in written.items():
        key = "rules.off" if path[0] == "rules" else "switches"
        if rule not in rules:
            raise places.error(f"{key}: unknown rule {rule!r}{did_you_mean(rule, rules)}", *path)
        name, reason = kept.get(rule, ("", ""))
        if not name or (name == _CRITICAL and places.written.get((*path[:2], "off")) == UNLESS_CRITICAL):
            continue
        instead = f"; write {_instead(rule)}" if name == _CRITICAL else "; take it out"
        how = "off" if path[0] == "rules" else "off or lowered"
        raise places.error(f"{key}: {rule} cannot be switched {how}: {reason}{instead}", *path)


def _names_a_rule(path: tuple[str, ...]) -> bool:
    return path[:2] == ("rules", "off") or (path[0] == "switches" and path[2:3] == ("rules",))


def _instead(rule: str) -> str:
    """What silences the rest of a rule that can be critical."""
    return f"under switches `{{rules: [{rule}], off: {UNLESS_CRITICAL}}}`, which silences what is not critical"
