"""Reading FHIR objects with anything in them: getters that never raise and say None, "" or nothing instead."""

import re
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple

from cards.by_value import ByValue
from cards.model import JsonObject

HOUR = timedelta(hours=1)
# what has no date comes before all that has one
LONG_AGO = datetime.min.replace(tzinfo=UTC)
_EMPTY: JsonObject = {}
_LARGEST = 1e12
# far longer than any instruction or note that a person reads; what is longer is searched no further
_LONGEST_TEXT = 4000
_YEARS = range(1900, 2200)
# longer and freer than FHIR allows: record systems give unsigned orders ids of some 190 characters
_LONGEST_ID = 512
_NEVER_IN_ID = re.compile(r"[\s<>]")
_PATHS = frozenset({".", ".."})
_PARTIAL = re.compile(r"\d{4}(-\d\d)?\Z")
_LONGEST_PARTIAL = len("2026-11")
_DAY = len("2026-11-28")


def child(node: JsonObject, key: str) -> JsonObject:
    """The object under a key; its first object where a list stands; else empty."""
    value = node.get(key)
    if isinstance(value, dict):
        return value
    if isinstance(value, list):
        return next((item for item in value if isinstance(item, dict)), _EMPTY)
    return _EMPTY


def objects(node: JsonObject, key: str) -> Sequence[JsonObject]:
    """The objects under a key, whether it holds one or a list of them."""
    value = node.get(key)
    if isinstance(value, list):
        return [item for item in value if isinstance(item, dict)]
    return (value,) if isinstance(value, dict) else ()


def text(node: JsonObject, key: str) -> str:
    """The string under a key, or ""; of a very long one its beginning, so that no reader is kept busy by it."""
    value = node.get(key)
    if not isinstance(value, str):
        return ""
    return value if len(value) <= _LONGEST_TEXT else _beginning(value)


def _beginning(told: str) -> str:
    """As many whole words as are read: half a number would be another number."""
    return told[: _LONGEST_TEXT + 1].rpartition(" ")[0]


def number(node: JsonObject, key: str) -> float | None:
    """The finite number under a key, or None."""
    value = node.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < _LARGEST:
        return None
    return float(value)


def amount(quantity: JsonObject) -> tuple[float | None, str, str]:
    """Value, code and unit of a quantity; in one look where it is written as nearly all are."""
    value, code, unit = quantity.get("value"), quantity.get("code"), quantity.get("unit")
    if not (isinstance(code, str) and isinstance(unit, str)) or len(code) + len(unit) > _LONGEST_TEXT:
        code, unit = text(quantity, "code"), text(quantity, "unit")
    told = value if isinstance(value, float) and -_LARGEST < value < _LARGEST else number(quantity, "value")
    return told, code, unit


class Concept(NamedTuple):
    """What a CodeableConcept says: (system, code) of each coding, and text and displays, each once, as words."""

    codings: tuple[tuple[str, str], ...]
    words: str


def said_by(concept: JsonObject) -> Concept:
    """What a concept says; read once by its value, as long as it is written as nearly all are."""
    if not concept:
        return _SAYS_NOTHING
    listed = concept.get("coding", [])
    if not isinstance(listed, list):
        return _read(concept)
    try:
        return _SAID[concept.get("text"), tuple([(c["system"], c["code"], c.get("display")) for c in listed])]
    except (KeyError, TypeError, AttributeError):
        return _read(concept)


def codings(concept: JsonObject) -> tuple[tuple[str, str], ...]:
    """(system, code) of a CodeableConcept."""
    return said_by(concept).codings


def words_of(concept: JsonObject) -> str:
    """Text and displays of a CodeableConcept, each once, for matching by words.

    A semicolon lies between them, which ends every "no …" and "without …": one copy does not deny the next.
    """
    return said_by(concept).words


def _read(concept: JsonObject) -> Concept:
    listed = objects(concept, "coding")
    codes = ((text(coding, "system").strip(), text(coding, "code").strip()) for coding in listed)
    words = dict.fromkeys((text(concept, "text"), *(text(coding, "display") for coding in listed)))
    return Concept(tuple(coded for coded in codes if coded[1]), " ; ".join(filter(None, words)))


def _read_value(told: object, coded: Iterable[tuple[object, object, object]]) -> Concept:
    """The same of its value."""
    return _read({"text": told, "coding": [dict(zip(_CODING, each, strict=True)) for each in coded]})


_CODING = ("system", "code", "display")
_SAYS_NOTHING = Concept((), "")
_SAID: ByValue[Concept] = ByValue(_read_value)


def status_of(resource: JsonObject, key: str) -> str:
    """The code of a status, be it a plain code or a CodeableConcept."""
    told = resource.get(key)
    if isinstance(told, str):
        return text(resource, key)
    codes = said_by(told if isinstance(told, dict) else child(resource, key)).codings
    return codes[0][1] if codes else ""


def moment(value: object, zone: tzinfo = UTC) -> datetime | None:
    """A FHIR date, dateTime or instant; read in `zone` where it names none; None when it is no sensible date."""
    if not value or not isinstance(value, str):
        return None
    told = value.strip()
    if len(told) <= _LONGEST_PARTIAL and _PARTIAL.match(told):
        told += "-01" if len(told) == _LONGEST_PARTIAL else "-01-01"
    try:
        found = datetime.fromisoformat(told)
    except ValueError:
        return None
    if found.year not in _YEARS:
        return None
    return found if found.tzinfo else found.replace(tzinfo=zone)


def end_of(value: object, zone: tzinfo) -> datetime | None:
    """A moment; a bare day counts as its last second in `zone` (clinical rule s.0.6)."""
    found = moment(value, zone)
    is_day = isinstance(value, str) and len(value.strip()) == _DAY
    return found + timedelta(days=1, seconds=-1) if found and is_day else found


def latest_moment(resource: JsonObject, keys: Iterable[str], zone: tzinfo) -> datetime | None:
    """The first readable date among elements, at the latest that it may mean: the end of its day, month or year."""
    for key in keys:
        told = text(resource, key) or text(child(resource, key), "start")
        found = moment(told, zone)
        if found:
            return _last_of(found, len(told.strip())) if len(told.strip()) <= _DAY else found
    return None


def _last_of(start: datetime, length: int) -> datetime:
    if length == _DAY:
        after = start + timedelta(days=1)
    elif length == _LONGEST_PARTIAL:
        after = (start + timedelta(days=31)).replace(day=1)
    else:
        after = start.replace(year=start.year + 1)
    return after - timedelta(seconds=1)


def is_day_only(value: object) -> bool:
    """Whether a date names no time of day."""
    return isinstance(value, str) and "T" not in value


def reference_of(resource: JsonObject) -> str | None:
    """`Type/id` of a resource, or None when it has no usable id."""
    kind, ident = text(resource, "resourceType"), text(resource, "id")
    return f"{kind}/{ident}" if kind.isalpha() and is_id(ident) else None


def bare_id(told: str, kind: str) -> str:
    """The id in a reference to a resource of a type, or an id that stands alone."""
    return told.rpartition(f"{kind}/")[2]


def is_id(told: str) -> bool:
    """Whether a text can be an id: 1 to 512 printable characters without blanks or markup, and no step of a path."""
    return 0 < len(told) <= _LONGEST_ID and told.isprintable() and not _NEVER_IN_ID.search(told) and told not in _PATHS


def first_moment(resource: JsonObject, *keys: str) -> datetime | None:
    """The first readable date among elements; of a Period its start."""
    for key in keys:
        found = moment(text(resource, key)) or moment(text(child(resource, key), "start"))
        if found:
            return found
    return None
