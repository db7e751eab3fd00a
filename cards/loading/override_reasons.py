"""The reasons to pass over a card: the published ones that a site offers, and its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources.abc import Traversable
from typing import Any

from cards.loading.drug_classes import check_known
from cards.loading.reading import KnowledgeError, Places, did_you_mean, read_yaml
from cards.model import Problem

_NEEDED = frozenset({"code", "display", "system"})
_LATER = "later"
_MOST = 5  # of a card: more are not read (design)


@dataclass(frozen=True, slots=True)
class OverrideReasons:
    """Coded reasons a clinician may give for passing over a card; `later` are those that put the decision off.

    `own` are of this project's code system, `of_site` of those that the site names. `offered`: which of them fit a
    card, by what it is about; empty where the site chose.
    """

    system: str
    reasons: tuple[tuple[str, str], ...]
    later: frozenset[str] = frozenset()
    own_system: str = ""
    own: frozenset[str] = frozenset()
    of_site: Mapping[str, str] = field(default_factory=dict)
    offered: Mapping[Problem, tuple[str, ...]] = field(default_factory=dict)

    def of_card(self, problem: Problem) -> tuple[tuple[str, str], ...]:
        """Code and display of the reasons that fit a card, in their order."""
        told = dict(self.reasons)
        return tuple((code, told[code]) for code in self.offered.get(problem, told))

    def system_of(self, code: str) -> str:
        """The code system of a reason: the site's, HL7's, or that of this project."""
        return self.of_site.get(code) or (self.own_system if code in self.own else self.system)


@dataclass(frozen=True, slots=True)
class SiteReason:
    """A reason of the site file: a published one by its code alone, else one of its own."""

    code: str
    display: str = ""
    system: str = ""
    later: bool = False


def read_site_reasons(told: list[Any], places: Places) -> tuple[SiteReason, ...]:
    """The reasons of a site file; KnowledgeError with file, line and reason."""
    return tuple(_site_reason(item, places, ("override_reasons", str(n))) for n, item in enumerate(told))


def _site_reason(item: Any, places: Places, path: tuple[str, ...]) -> SiteReason:
    if isinstance(item, str):
        return SiteReason(item)
    if not isinstance(item, dict):
        raise places.error(f"override_reasons: {item!r} is not a text", *path)
    if set(item) - {_LATER} != _NEEDED:
        needed = "a code of ours, or code, display and system (and later: true where it puts the decision off)"
        raise places.error(f"override_reasons: each is {needed}", *path)
    for key, value in item.items():
        if not isinstance(value, bool if key == _LATER else str | int) or not str(value).strip():
            raise places.error(
                f"override_reasons: {key} needs a {'true or false' if key == _LATER else 'text'}", *path, key
            )
    code, display, system = (places.written.get((*path, key), str(item[key])) for key in ("code", "display", "system"))
    return SiteReason(code, display, system, item.get(_LATER) is True)


def read_override_reasons(path: Traversable, chosen: tuple[SiteReason, ...], places: Places) -> OverrideReasons:
    """Those a site chose, in its order; all that are published where it chose none."""
    told = read_yaml(path)
    published = {row["code"]: row["display"] for row in told["reasons"]}
    for number, reason in enumerate(chosen):
        if not reason.system and reason.code not in published:
            why = f"unknown override reason {reason.code!r}{did_you_mean(reason.code, published)}"
            raise places.error(why, "override_reasons", str(number))
        if reason.system and reason.code in published:
            why = f"override_reasons: {reason.code} is a code of ours; name it alone, or say it otherwise by `words`"
            raise places.error(why, "override_reasons", str(number))
    later, own = (frozenset(row["code"] for row in told["reasons"] if row.get(mark)) for mark in (_LATER, "own"))
    listed = chosen or tuple(map(SiteReason, published))
    return OverrideReasons(
        told["system"],
        tuple((reason.code, reason.display or published[reason.code]) for reason in listed),
        later | {reason.code for reason in chosen if reason.later},
        told.get("own_system", ""),
        own,
        {reason.code: reason.system for reason in chosen if reason.system},
        {} if chosen else _offered(told["offered"], published, path.name),
    )


def _offered(told: Mapping[str, list[str]], published: Mapping[str, str], file: str) -> dict[Problem, tuple[str, ...]]:
    """The reasons by what a card is about; KnowledgeError for an unknown one, too many, or a card without."""
    check_known(f"{file}: offered", "kind of card", told, [problem.name.lower() for problem in Problem])
    for kind, codes in told.items():
        check_known(f"{file}: offered: {kind}", "reason", codes, published)
        if len(set(codes)) != len(codes) or not 0 < len(codes) <= _MOST:
            raise KnowledgeError(f"{file}: offered: {kind}: one to {_MOST} reasons, each once")
    return {problem: tuple(told[problem.name.lower()]) for problem in Problem}
