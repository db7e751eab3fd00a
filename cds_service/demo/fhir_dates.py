"""FHIR dates as spans of time: `2026-11` is a month long, a Period without an end lasts for ever."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

from cds_service.fhir_json import as_dict, as_text

Span = tuple[datetime, datetime]
_EARLIEST, _LATEST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_DATE = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")
_PREFIXED = re.compile(r"([a-z]{2})?(\d.*)")

_COMPARE: Mapping[str, Callable[[Span, Span], bool]] = {
    "eq": lambda found, wanted: wanted[0] <= found[0] and found[1] <= wanted[1],
    "ne": lambda found, wanted: found[0] < wanted[0] or wanted[1] < found[1],
    "gt": lambda found, wanted: found[1] > wanted[1],
    "ge": lambda found, wanted: found[1] > wanted[0],
    "lt": lambda found, wanted: found[0] < wanted[0],
    "le": lambda found, wanted: found[0] < wanted[1],
}


def span(value: object) -> Span | None:
    """First moment, and first moment after, of a date, dateTime, instant or Period; None when it is no date."""
    if isinstance(value, dict):
        start, end = span(as_dict(value).get("start")), span(as_dict(value).get("end"))
        return (start[0] if start else _EARLIEST, end[1] if end else _LATEST)
    told = as_text(value)
    try:
        return _span(told) if told else None
    except (ValueError, OverflowError):
        return None


def _span(told: str) -> Span:
    match = _DATE.fullmatch(told)
    if match is None:
        # a plus sign that nobody encoded arrives as a blank
        moment = datetime.fromisoformat(told.replace(" ", "+"))
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment, moment + timedelta(milliseconds=1) if moment.microsecond else moment + timedelta(seconds=1)
    year, month, day = match.groups()
    first = datetime(int(year), int(month or 1), int(day or 1), tzinfo=UTC)
    if day:
        return first, first + timedelta(days=1)
    later = first + timedelta(days=31 if month else 366)
    return first, later.replace(day=1) if month else later.replace(month=1, day=1)


def matches_date(value: object, wanted: str) -> bool:
    """Whether an element fulfils `ge2026-11-01`; ValueError when that is no date search."""
    match = _PREFIXED.fullmatch(wanted)
    prefix, told = (match[1] or "eq", span(match[2])) if match else ("", None)
    if told is None or prefix not in _COMPARE:
        raise ValueError(f"write a date as YYYY-MM-DD, after one of {', '.join(_COMPARE)} or none")
    found = span(value)
    return found is not None and _COMPARE[prefix](found, told)
