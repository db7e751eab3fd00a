"""What a site has on trial: asked and recorded as usual, shown to nobody."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any

from cards.loading.reading import Places, did_you_mean, read_yaml

_ALL = "all"
_FORMS = "trial is `all`, or a mapping with `rules` and `units`, lists of their names"
_KEYS = frozenset({"rules", "units"})


@dataclass(frozen=True, slots=True)
class Trial:
    """The whole service, the whole service for some units, or single rules, by name; by default nothing."""

    whole: bool = False
    rules: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()

    @property
    def sentence(self) -> str:
        """What is on trial, to stand behind other sentences; "" when nothing is."""
        if self.whole:
            return " On trial: calls are evaluated and recorded, nothing is shown."
        rules = f" On trial, recorded and not shown: {', '.join(sorted(self.rules))}." if self.rules else ""
        units = f" On trial, nothing is shown, in: {', '.join(sorted(self.units))}." if self.units else ""
        return f"{rules}{units}"


def read_trial(told: Any, places: Places) -> Trial:
    """The trial of a site file; KnowledgeError for any other form."""
    if told in (None, _ALL):
        return Trial(whole=told == _ALL)
    if not isinstance(told, dict) or not told or not told.keys() <= _KEYS:
        raise places.error(_FORMS, "trial")
    rules, units = (
        frozenset(read_names(told.get(key, []), places, _FORMS, "trial", key)) for key in ("rules", "units")
    )
    return Trial(rules=rules, units=units)


def read_names(listed: Any, places: Places, forms: str, *path: str) -> Iterator[str]:
    """The names of a list at a place; KnowledgeError with the `forms` that the key has where it is none."""
    if not isinstance(listed, list):
        raise places.error(forms, path[0])
    for number, name in enumerate(listed):
        if not isinstance(name, str):
            raise places.error(f"{'.'.join(path)}: {name!r} is not a text", *path, str(number))
        yield name


def check_trial(trial: Trial, rules: Collection[str], kept: Traversable, places: Places) -> None:
    """KnowledgeError for a rule that is unknown, or that must not be silent while others speak (`kept`)."""
    if not trial.rules:
        return
    reasons = {rule: group["reason"] for group in read_yaml(kept).values() for rule in group["rules"]}
    for path, rule in places.written.items():
        if path[:2] != ("trial", "rules"):
            continue
        if rule not in rules:
            raise places.error(f"trial.rules: unknown rule {rule!r}{did_you_mean(rule, rules)}", *path)
        if rule in reasons:
            reason = f"{rule} cannot be on trial alone: {reasons[rule]}; only the whole service can (trial: all)"
            raise places.error(reason, *path)
