"""A list of which not all came: whether what came is all that matters."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from cards.chart.fhir import child, moment, text
from cards.chart.inputs import BY_KEY, INPUTS, Input
from cards.chart.kinds import Kind
from cards.chart.sorting import Sorted
from cards.model import JsonObject, Snapshot
from cards.terms.terminology import Terminology

_Span = tuple[datetime, datetime]
_DAY = timedelta(days=1)
# by the length of a date without a time: what it may mean
_UNSAID = {len("2026"): 366 * _DAY, len("2026-11"): 31 * _DAY, len("2026-11-28"): _DAY}


def suffices(asked: Input, listed: Iterable[JsonObject], now: datetime) -> bool:
    """Whether a list that was cut holds the newest, as far back as matters."""
    if asked.back is None:
        return False
    spans = list(_spans(listed, asked.kind))
    reached = not asked.back or (bool(spans) and spans[-1][0] <= now - timedelta(hours=asked.back))
    return reached and _is_newest_first(spans)


def is_enough(asked: Input, listed: Sequence[JsonObject], now: datetime) -> bool:
    """Whether a list need not be read on: as many as are asked for, the newest, as far back as matters."""
    found = [r for r in listed if r.get("resourceType") == asked.kind.name and asked.has_status(r)]
    return len(found) >= asked.count and suffices(asked, found, now)


def cut_inputs(snapshot: Snapshot, sent: Sorted, terminology: Terminology, now: datetime) -> frozenset[str]:
    """The inputs of which something that matters may not have come, whatever key was to bring it."""
    return frozenset(
        asked.key
        for key in snapshot.partial
        for asked in ([BY_KEY[key]] if key in BY_KEY else INPUTS)
        if (key in BY_KEY or sent.answers(key, asked, terminology))
        and not suffices(asked, snapshot.resources.get(key, ()), now)
    )


def _is_newest_first(spans: Sequence[_Span]) -> bool:
    """Some servers do not sort: then what was left out may be newer than what came."""
    return all(later[0] <= earlier[1] for earlier, later in pairwise(spans))


def _spans(listed: Iterable[JsonObject], kind: Kind) -> Iterator[_Span]:
    """From when till when each dated resource of the type was."""
    for resource in listed:
        if resource.get("resourceType") == kind.name and (found := _span(resource, kind)):
            yield found


def _span(resource: JsonObject, kind: Kind) -> _Span | None:
    for element in kind.dates:
        name, _, part = element.partition(".")
        told = text(child(resource, name), part) if part else text(resource, name)
        if start := moment(told):
            end = moment(text(child(resource, name), "end")) if part else None
            return start, max(start, end or start) + _UNSAID.get(len(told), timedelta())
    return None
