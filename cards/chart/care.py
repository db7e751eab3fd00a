"""What was done, is ordered or is worn, as conditions: dialysis, transplant, pacemaker, surgery (inputs of s.10)."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from cards.chart.conditions import Entry
from cards.chart.fhir import child, codings, end_of, latest_moment, objects, text, words_of
from cards.chart.inputs import IF_SENT, INPUTS
from cards.chart.requests import SERVICE_REQUESTS, due_span
from cards.chart.sorting import DEVICE, NUTRITION_ORDER, PROCEDURE, Kind, Sorted, Unread, What, unknown_code
from cards.loading import Knowledge
from cards.loading.care import Care
from cards.model import JsonObject
from cards.terms.names import fold

# what one element tells of
TOLD = tuple(asked.kind for asked in (*INPUTS, *IF_SENT) if asked.kind.told_by)
_DONE = frozenset({"in-progress", "completed"})
_WORN = frozenset({"active", ""})
# FHIR R4 and STU3; R5
_PERFORMED = ("performedDateTime", "performedPeriod", "occurrenceDateTime", "occurrencePeriod")


class _Told(NamedTuple):
    """Something of a kind: its codes and words, and when it was, or None."""

    concept: JsonObject
    words: str
    when: datetime | None


def entries_of_care(
    sent: Sorted, knowledge: Knowledge, now: datetime, measured: datetime | None = None
) -> Iterator[Entry]:
    """What procedures, orders and devices say, as entries beside the problems on record.

    `measured`: when the last creatinine was drawn, which tells of the kidneys again after some treatments.
    """
    kinds = {
        "procedures": _procedures(sent.of(PROCEDURE), knowledge, now),
        "orders": _orders(sent.of(*SERVICE_REQUESTS), knowledge, now),
        "diets": _nutrition(sent.of(NUTRITION_ORDER), knowledge, _diet),
        "feeding": _nutrition(sent.of(NUTRITION_ORDER), knowledge, _feeding),
        "devices": _devices(sent.of(DEVICE)),
    }
    for kind, told in kinds.items():
        if listed := list(told):
            rows = knowledge.care[kind]
            standing = [told for told in listed if not _is_past(told, rows, measured, knowledge)]
            yield from _entries(standing, rows, knowledge, now)


def unread_care(sent: Sorted, knowledge: Knowledge) -> Iterator[Unread]:
    """What is told by one element (procedures), the diets ordered and the devices worn, that nobody can name."""
    told = [child(r, k.told_by) for k in TOLD for r in sent.of(k.name) if text(r, "status") not in k.never_real]
    worn = [child(r, "type") for r in sent.of(DEVICE) if text(r, "status") in _WORN and not objects(r, "deviceName")]
    ordered = [child(r, "oralDiet") for r in sent.of(NUTRITION_ORDER) if text(r, "status") == "active"]
    diets = [concept for diet in ordered if not text(diet, "instruction") for concept in objects(diet, "type")]
    for concept in (*told, *diets, *worn):
        why = unknown_code(concept, knowledge.terminology)
        if why and not knowledge.terminology.categories_of(codings(concept), ""):
            yield Unread(Kind(What.CARE, why), codings(concept))


def _entries(listed: list[_Told], rows: Mapping[str, Care], knowledge: Knowledge, now: datetime) -> Iterator[Entry]:
    for told in listed:
        found = [name for name, row in rows.items() if _says(told, name, row, knowledge) and _counts(told, row, now)]
        standing = tuple(name for name in found if not _is_undone(told, rows[name], listed))
        if standing:
            yield Entry({"onsetDateTime": told.when.isoformat()} if told.when else {}, standing)


def _says(told: _Told, category: str, row: Care, knowledge: Knowledge) -> bool:
    if row.never and row.never.search(told.words):
        return False
    by_code = codings(told.concept)
    if row.words is None:
        return category in knowledge.terminology.categories_of(by_code, told.words)
    return category in knowledge.terminology.categories_of(by_code, "") or bool(row.words.search(told.words))


def _counts(told: _Told, row: Care, now: datetime) -> bool:
    return told.when is None or now - told.when <= row.counts


def _is_past(told: _Told, rows: Mapping[str, Care], measured: datetime | None, knowledge: Knowledge) -> bool:
    """Whether a creatinine was drawn long enough after its end."""
    if told.when is None or measured is None:
        return False
    since = measured - told.when
    passed = (name for name, row in rows.items() if row.until_measured is not None and since >= row.until_measured)
    return any(_says(told, name, rows[name], knowledge) for name in passed)


def _is_undone(told: _Told, row: Care, listed: Iterable[_Told]) -> bool:
    """Whether a later one undoes it; of two without a date nobody can say: then it does."""
    if row.ended_by is None:
        return False
    ends = (other.when for other in listed if row.ended_by.search(other.words))
    return any(end is None or told.when is None or end >= told.when for end in ends)


def _procedures(sent: Iterable[JsonObject], knowledge: Knowledge, now: datetime) -> Iterator[_Told]:
    for resource in sent:
        status = text(resource, "status")
        if status in _DONE:
            when = now if status == "in-progress" else _performed(resource, knowledge)
            yield _told(child(resource, "code"), when)


def _performed(resource: JsonObject, knowledge: Knowledge) -> datetime | None:
    zone = knowledge.site.zone
    ends = (end_of(text(child(resource, key), "end"), zone) for key in _PERFORMED)
    return next(filter(None, ends), None) or latest_moment(resource, _PERFORMED, zone)


def _orders(sent: Iterable[JsonObject], knowledge: Knowledge, now: datetime) -> Iterator[_Told]:
    """Active orders, at the latest time that they are for; of what goes on, now."""
    for resource in sent:
        if text(resource, "status") == "active" and resource.get("doNotPerform") is not True:
            authored = latest_moment(resource, ("authoredOn",), knowledge.site.zone)
            _, end = due_span(resource, authored, knowledge)
            yield _told(child(resource, "code"), min(end, now) if end else authored)


def _nutrition(
    sent: Iterable[JsonObject], knowledge: Knowledge, what: Callable[[JsonObject], tuple[list[JsonObject], str]]
) -> Iterator[_Told]:
    """Active orders of a diet or of feeding, since they were written."""
    for resource in sent:
        if text(resource, "status") == "active":
            concepts, words = what(resource)
            coded: JsonObject = {"coding": [coding for c in concepts for coding in objects(c, "coding")]}
            told = " ; ".join(filter(None, (*(text(c, "text") for c in concepts), words)))
            yield _told(coded, latest_moment(resource, ("dateTime",), knowledge.site.zone), told)


def _diet(order: JsonObject) -> tuple[list[JsonObject], str]:
    """What is eaten, or not; a note tells of it only where the order names neither a diet nor a formula."""
    diet = child(order, "oralDiet")
    if diet:
        return [*objects(diet, "type")], text(diet, "instruction")
    return [], "" if objects(order, "enteralFormula") else _notes(order)


def _feeding(order: JsonObject) -> tuple[list[JsonObject], str]:
    """What is fed by vein or tube: a formula is enteral, whatever its name."""
    supplements = [concept for s in objects(order, "supplement") for concept in objects(s, "type")]
    return supplements, " ; ".join(["enteral"] * bool(objects(order, "enteralFormula")) + [_notes(order)])


def _notes(order: JsonObject) -> str:
    return " ; ".join(text(note, "text") for note in objects(order, "note"))


def _devices(sent: Iterable[JsonObject]) -> Iterator[_Told]:
    for resource in sent:
        if text(resource, "status") in _WORN:
            names = " ; ".join(text(name, "name") for name in objects(resource, "deviceName"))
            yield _told(child(resource, "type"), None, names)


def _told(concept: JsonObject, when: datetime | None, more: str = "") -> _Told:
    return _Told(concept, fold(" ; ".join(filter(None, (words_of(concept), more)))), when)
