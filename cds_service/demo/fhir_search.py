"""Searching FHIR resources in memory, as far as prefetch templates and chart viewers ask.

A parameter that is not known is left out and named in an outcome entry; repeated parameters all hold, values after
commas are alternatives.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

from cds_service.demo.fhir_dates import matches_date, span
from cds_service.demo.fhir_parameters import PARAMETERS, Kind, Parameter
from cds_service.fhir_json import JsonDict, as_dict, as_list, as_text

Pairs = Sequence[tuple[str, str]]
OFFSET = "_offset"
# `_include` brings nothing: every medicine of the demo is told in its order
_CONTROLS = frozenset({"_sort", "_count", OFFSET, "_format", "_include"})
_REFERENCE = re.compile(r"(?:^|/)([A-Z][A-Za-z]+)/([A-Za-z0-9\-.]+)$")
_UNDATED = datetime.min.replace(tzinfo=UTC)


class SearchError(ValueError):
    """A search that cannot be answered; the message says which parameter, and how to write it."""


@dataclass(frozen=True, slots=True)
class Found:
    """One page of what was found. `ignored` names parameters nobody knows; `rest` is where the next page begins."""

    page: tuple[JsonDict, ...]
    total: int
    ignored: tuple[str, ...]
    rest: int | None


class Store:
    """Resources by type and id."""

    def __init__(self, resources: Iterable[JsonDict]) -> None:
        self._by_type: dict[str, dict[str, JsonDict]] = {}
        for resource in resources:
            by_id = self._by_type.setdefault(str(resource["resourceType"]), {})
            by_id[str(resource["id"])] = resource

    def read(self, kind: str, ident: str) -> JsonDict | None:
        """The resource, or None."""
        return self._by_type.get(kind, {}).get(ident)

    def search(self, kind: str, pairs: Pairs) -> Found:
        """The page that a search of a known type asks for; SearchError when it cannot be read."""
        table = PARAMETERS[kind]
        criteria = [(name, value) for name, value in pairs if name not in _CONTROLS and value]
        found = list(self._by_type.get(kind, {}).values())
        for name, value in criteria:
            parameter = table.get(name.removesuffix(":Patient"))
            if parameter is not None:
                found = [r for r in found if _fulfils(r, name, parameter, value.split(","))]
        keys = [key for name, value in pairs if name == "_sort" for key in value.split(",")]
        for key in reversed(keys):
            found = _sorted(found, key, table)
        ignored = [name for name, _ in criteria if name.removesuffix(":Patient") not in table]
        ignored += [f"_sort={key}" for key in keys if not _sortable(key, table)]
        return _page(found, dict(pairs), tuple(dict.fromkeys(ignored)))


def searchset(base: str, kind: str, pairs: Pairs, found: Found) -> JsonDict:
    """The Bundle that answers a search, with the link to the next page when there is one."""
    links = [{"relation": "self", "url": _url(base, kind, pairs)}]
    if found.rest is not None:
        following = [*((name, value) for name, value in pairs if name != OFFSET), (OFFSET, str(found.rest))]
        links.append({"relation": "next", "url": _url(base, kind, following)})
    entries = [
        {"fullUrl": f"{base}/{kind}/{resource['id']}", "resource": resource, "search": {"mode": "match"}}
        for resource in found.page
    ]
    if found.ignored:
        entries.append({"resource": _remark(found.ignored), "search": {"mode": "outcome"}})
    bundle = {"resourceType": "Bundle", "type": "searchset", "total": found.total, "link": links}
    return {**bundle, "entry": entries} if entries else bundle


def _url(base: str, kind: str, pairs: Pairs) -> str:
    query = urlencode(pairs)
    return f"{base}/{kind}?{query}" if query else f"{base}/{kind}"


def _remark(ignored: Iterable[str]) -> JsonDict:
    text = f"Not searched by, because this server does not know it: {', '.join(ignored)}."
    return {
        "resourceType": "OperationOutcome",
        "issue": [{"severity": "warning", "code": "not-supported", "diagnostics": text}],
    }


def _page(found: Sequence[JsonDict], asked: Mapping[str, str], ignored: tuple[str, ...]) -> Found:
    start = _number(asked, OFFSET, 0)
    end = start + _number(asked, "_count", len(found))
    return Found(tuple(found[start:end]), len(found), ignored, end if start < end < len(found) else None)


def _number(asked: Mapping[str, str], name: str, default: int) -> int:
    told = asked.get(name, "")
    if told and not (told.isascii() and told.isdigit() and len(told) <= 9):
        raise SearchError(f"{name} must be a whole number, 0 or more.")
    return int(told) if told else default


def _fulfils(resource: JsonDict, name: str, parameter: Parameter, wanted: Iterable[str]) -> bool:
    values = [item for element in parameter.elements for item in as_list(resource.get(element))]
    try:
        return any(_MATCH[parameter.kind](value, told) for told in wanted for value in values)
    except ValueError as problem:
        raise SearchError(f"{name}: {problem}.") from None


def _matches_token(value: object, wanted: str) -> bool:
    system, bar, code = wanted.rpartition("|")
    codings = as_list(as_dict(value).get("coding", value))
    found = [(as_dict(c).get("system", ""), as_dict(c).get("code", c)) for c in codings]
    return any((not bar or s == system) and (not code or c == code) for s, c in found)


def _matches_reference(value: object, wanted: str) -> bool:
    kind, ident = _target(wanted) if "/" in wanted else ("", wanted)
    found_kind, found_ident = _target(as_text(as_dict(value).get("reference")) or "")
    return found_ident == ident and kind in ("", found_kind)


def _target(reference: str) -> tuple[str, str]:
    """("Patient", "1") of "Patient/1" or of an address that ends so."""
    match = _REFERENCE.search(reference)
    return (match[1], match[2]) if match else ("", "")


_MATCH = {Kind.TOKEN: _matches_token, Kind.REFERENCE: _matches_reference, Kind.DATE: matches_date}


def _sortable(key: str, table: Mapping[str, Parameter]) -> bool:
    parameter = table.get(key.removeprefix("-"))
    return parameter is not None and parameter.kind is Kind.DATE


def _sorted(found: Sequence[JsonDict], key: str, table: Mapping[str, Parameter]) -> list[JsonDict]:
    """By the start of a date, undated last; as it was when the key is none to sort by."""
    if not _sortable(key, table):
        return list(found)
    elements = table[key.removeprefix("-")].elements
    dated = [(_start(resource, elements), resource) for resource in found]
    known = [(start, resource) for start, resource in dated if start != _UNDATED]
    known.sort(key=lambda pair: pair[0], reverse=key.startswith("-"))
    return [resource for _, resource in known] + [resource for start, resource in dated if start == _UNDATED]


def _start(resource: JsonDict, elements: Iterable[str]) -> datetime:
    spans = (span(resource.get(element)) for element in elements)
    return next((found[0] for found in spans if found), _UNDATED)
