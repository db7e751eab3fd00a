"""Dates of FHIR elements as points in time. A bare day counts from its end: nothing is known before it was."""

import re
from datetime import UTC, datetime, timedelta

from cds_service.errors import JsonDict
from cds_service.fhir_json import as_dict

_YEARS = range(1900, 2200)
# Results and orders from before, or from after now, are slips of the pen: no laboratory system reaches back so far.
_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)
_DAY = re.compile(r"\d{4}-\d\d-\d\d\Z")
_MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])\Z")
_YEAR = re.compile(r"\d{4}\Z")
_A_DAY = timedelta(days=1)
_INSTANT = timedelta(seconds=1)


def point(value: object) -> datetime | None:
    """A dateTime or instant in UTC, without a zone read as UTC; a bare day, month or year is its last second."""
    if not isinstance(value, str):
        return None
    told = value.strip()
    try:
        found = _end_of(told) or datetime.fromisoformat(told)
        return _in_utc(found) if found.year in _YEARS else None
    except (ValueError, OverflowError):
        return None


def _in_utc(found: datetime) -> datetime:
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def _end_of(told: str) -> datetime | None:
    """The last second of a bare day, month or year; None for anything else."""
    if _DAY.match(told):
        return datetime.fromisoformat(told) + _A_DAY - _INSTANT
    if _MONTH.match(told):
        year, month = int(told[:4]), int(told[5:])
        return datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC) - _INSTANT
    return datetime(int(told) + 1, 1, 1, tzinfo=UTC) - _INSTANT if _YEAR.match(told) else None


def is_possible(when: datetime, now: datetime | None) -> bool:
    """Whether a result or an order can be of that time; a bare day of today ends after now."""
    return when >= _EARLIEST and (now is None or when <= now + _A_DAY)


def first_point(resource: JsonDict, *names: str) -> datetime | None:
    """The first readable date among elements; `name.end` is the end of a Period, `name.start` its start."""
    for name in names:
        element, _, part = name.partition(".")
        value = as_dict(resource.get(element)).get(part) if part else resource.get(element)
        if (found := point(value)) is not None:
            return found
    return None
