"""One resource in several versions: the newest alone (clinical rule s.0.5)."""

import re
from collections.abc import Mapping, Sequence

from cards.chart.fhir import LONG_AGO, child, moment, text
from cards.model import JsonObject

_RETRACTED = frozenset({"entered-in-error", "cancelled"})
_NUMBER = re.compile(r"[0-9]{1,18}")
Resources = Mapping[str, Sequence[JsonObject]]


def newest_versions(resources: Resources) -> Resources:
    """The resources of each key without those of which a newer version is among them, under whatever key."""
    names = [(r.get("resourceType"), r.get("id")) for listed in resources.values() for r in listed]
    if {type(part) for name in names for part in name} == {str} and len(set(names)) == len(names):
        return resources  # as most are: each once
    versions: dict[tuple[object, str], list[JsonObject]] = {}
    for listed in resources.values():
        for resource in listed:
            ident = resource.get("id")
            if ident and isinstance(ident, str):
                versions.setdefault((text(resource, "resourceType"), ident), []).append(resource)
    left_out = {id(old) for several in versions.values() for old in _older(several)}
    return {key: [r for r in listed if id(r) not in left_out] for key, listed in resources.items()}


def _older(several: Sequence[JsonObject]) -> list[JsonObject]:
    """All but the newest; where nothing tells which is newer, what was retracted stays retracted."""
    numbers = [float(n) for n in map(_number, several) if n is not None]
    ranks = numbers if len(numbers) == len(several) else [_updated(r) for r in several]
    highest = max(ranks)
    newest = [r for r, rank in zip(several, ranks, strict=True) if rank == highest]
    kept = [r for r in newest if text(r, "status") in _RETRACTED] or newest
    # a copy of the same content, as some servers send on every page, is no second one
    once = {id(r) for r in {repr(r): r for r in kept}.values()}
    return [r for r in several if id(r) not in once]


def _number(resource: JsonObject) -> int | None:
    told = text(child(resource, "meta"), "versionId")
    return int(told) if _NUMBER.fullmatch(told) else None


def _updated(resource: JsonObject) -> float:
    return (moment(text(child(resource, "meta"), "lastUpdated")) or LONG_AGO).timestamp()
