"""What a site has on trial: asked and recorded as usual, shown to nobody."""

from collections.abc import Collection
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from typing import Any

from cards.loading.reading import Places, did_you_mean, read_yaml

_ALL = "all"
_FORMS = "trial is `all`, or a mapping with `rules`, a list of their names"


@dataclass(frozen=True, slots=True)
class Trial:
    """The whole service, or single rules by name; by default nothing."""

    whole: bool = False
    rules: frozenset[str] = frozenset()

    @property
    def sentence(self) -> str:
        """What is on trial, to stand behind other sentences; "" when nothing is."""
        if self.whole:
            return " On trial: calls are evaluated and recorded, nothing is shown."
        return f" On trial, recorded and not shown: {', '.join(sorted(self.rules))}." if self.rules else ""


def read_trial(told: Any, places: Places) -> Trial:
    """The trial of a site file; KnowledgeError for any other form."""
    if told in (None, _ALL):
        return Trial(whole=told == _ALL)
    if not isinstance(told, dict) or set(told) != {"rules"} or not isinstance(told["rules"], list):
        raise places.error(_FORMS, "trial")
    for number, name in enumerate(told["rules"]):
        if not isinstance(name, str):
            raise places.error(f"trial.rules: {name!r} is not a text", "trial", "rules", str(number))
    return Trial(rules=frozenset(told["rules"]))


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
