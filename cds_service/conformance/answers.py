"""What CDS Hooks asks of an answer, one check a requirement."""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from cds_service.conformance.faults import Check, Fault, Wrong, faults_of, items, lacking
from cds_service.curate.strict import outgoing_resources, problem_of
from cds_service.fhir_json import JsonDict, as_dict, as_text, is_uuid

_INDICATORS = ("info", "warning", "critical")
_SELECTION = ("at-most-one", "any")
_MAY_BE_EMPTY = ("cards", "services")
_SUMMARY = 140
_HTML = re.compile(r"(?<!\\)<(?:/?[a-zA-Z][a-zA-Z0-9-]*(?:\s[^<>]*)?/?>|!--)")


def answer_faults(answer: object) -> tuple[Fault, ...]:
    """What an answer of status 200, as JSON, does not meet."""
    told = as_dict(answer)
    if not isinstance(told.get("cards"), list):
        return (Fault("R1", "cards", "is missing or no list"),)
    return faults_of(_CHECKS, told)


def empty_values(value: object, path: str = "") -> Iterator[Wrong]:
    """null, "", [] and {} anywhere but at the two lists that may be empty."""
    if value is None or value in ("", [], {}):
        if path not in _MAY_BE_EMPTY:
            yield path, f"is {'null' if value is None else 'empty'}"
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from empty_values(item, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list):
        for n, item in enumerate(value):
            yield from empty_values(item, f"{path}[{n}]")


def _resources(answer: JsonDict) -> Iterator[Wrong]:
    for resource in outgoing_resources(answer):
        if found := problem_of(resource):
            yield f"{resource.get('resourceType', 'resource')}", found.splitlines()[0]


def _summary(answer: JsonDict) -> Iterator[Wrong]:
    for at, card in items(answer, "cards"):
        summary = as_text(card.get("summary")) or ""
        if not 0 < len(summary) < _SUMMARY or "\n" in summary or summary.rstrip().endswith(":"):
            yield f"{at}.summary", f"{len(summary)} characters: {summary!r}"
        if card.get("indicator") not in _INDICATORS:
            yield f"{at}.indicator", f"is {card.get('indicator')!r}"
        yield from lacking(as_dict(card.get("source")), f"{at}.source", ("label",))


def _uuids_and_detail(answer: JsonDict) -> Iterator[Wrong]:
    seen = set[str]()
    for at, holder in (*items(answer, "cards"), *suggestions(answer)):
        told = holder.get("uuid")
        if told is not None and (not is_uuid(told) or told in seen):
            yield f"{at}.uuid", f"is {told!r}, no UUID or there twice"
        seen.add(str(told))
    for at, card in items(answer, "cards"):
        shown = (name for name in ("summary", "detail") if _HTML.search(as_text(card.get(name)) or ""))
        yield from ((f"{at}.{name}", "has HTML") for name in shown)


def suggestions(answer: JsonDict) -> Iterator[tuple[str, JsonDict]]:
    """(path, suggestion) of each suggestion."""
    for at, card in items(answer, "cards"):
        yield from items(card, "suggestions", at)


def actions(answer: JsonDict) -> Iterator[tuple[str, JsonDict]]:
    """(path, action) of each action of a suggestion."""
    for at, suggestion in suggestions(answer):
        yield from items(suggestion, "actions", at)


def _selection(answer: JsonDict) -> Iterator[Wrong]:
    for at, card in items(answer, "cards"):
        told = card.get("selectionBehavior")
        if "suggestions" in card and told not in _SELECTION:
            yield f"{at}.selectionBehavior", f"is {told!r}"
        recommended = [s for _, s in items(card, "suggestions") if s.get("isRecommended") is True]
        if told == "at-most-one" and len(recommended) > 1:
            yield f"{at}.suggestions", f"{len(recommended)} are recommended"


def _labels(answer: JsonDict) -> Iterator[Wrong]:
    for at, suggestion in suggestions(answer):
        yield from lacking(suggestion, at, ("label",))


def _actions(answer: JsonDict) -> Iterator[Wrong]:
    for at, action in actions(answer):
        yield from lacking(action, at, ("description",))
        kind, whole, named = action.get("type"), as_dict(action.get("resource")), action.get("resourceId")
        if kind not in ("create", "update", "delete"):
            yield f"{at}.type", f"is {kind!r}"
        elif kind == "delete" and ("resource" in action or "/" not in (as_text(named) or "")):
            yield at, "delete needs resourceId (Type/id) and no resource"
        elif kind != "delete" and (not whole or "resourceId" in action):
            yield at, f"{kind} needs a resource and no resourceId"


def _action_selection(answer: JsonDict) -> Iterator[Wrong]:
    for at, suggestion in suggestions(answer):
        if "actionSelectionBehavior" in suggestion:
            yield f"{at}.actionSelectionBehavior", "is there"


def _override_reasons(answer: JsonDict) -> Iterator[Wrong]:
    for at, card in items(answer, "cards"):
        for place, reason in items(card, "overrideReasons", at):
            yield from lacking(reason, place, ("code", "system", "display"))


def _links(answer: JsonDict) -> Iterator[Wrong]:
    for at, card in items(answer, "cards"):
        for place, link in items(card, "links", at):
            yield from lacking(link, place, ("label",))
            if link.get("type") not in ("absolute", "smart"):
                yield f"{place}.type", f"is {link.get('type')!r}"
            if not is_absolute(link.get("url")):
                yield f"{place}.url", "is no absolute URL"
            if "appContext" in link and link.get("type") != "smart":
                yield f"{place}.appContext", "is there though the link is not smart"


def _source(answer: JsonDict) -> Iterator[Wrong]:
    for at, card in items(answer, "cards"):
        source = as_dict(card.get("source"))
        for name in ("url", "icon"):
            if name in source and not is_absolute(source[name]):
                yield f"{at}.source.{name}", "is no absolute URL"
        if "topic" in source:
            yield from lacking(as_dict(source["topic"]), f"{at}.source.topic", ("code", "system"))


def is_absolute(url: object) -> bool:
    """Whether it is a URL of the web with a host."""
    try:
        told = urlsplit(url if isinstance(url, str) else "")
    except ValueError:
        return False
    return told.scheme in ("http", "https") and bool(told.netloc)


_CHECKS: Mapping[str, Check] = {
    "J1": empty_values,
    "J2": _resources,
    "R2": _summary,
    "R3": _uuids_and_detail,
    "R4": _selection,
    "R5": _labels,
    "R6": _actions,
    "R7": _action_selection,
    "R8": _override_reasons,
    "R9": _links,
    "R10": _source,
}
