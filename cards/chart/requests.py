"""Tests that are ordered or drafted already: what, and when they are due."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import NamedTuple

from cards.chart.fhir import child, codings, end_of, moment, objects, text, words_of
from cards.chart.result_names import analyte_of
from cards.loading import Knowledge
from cards.loading.dose_tables import OrderableTest
from cards.model import JsonObject
from cards.terms.systems import system_of

# FHIR R4 and STU3
SERVICE_REQUESTS = ("ServiceRequest", "ProcedureRequest")
_STANDS = frozenset({"active", "draft"})
_FAR = timedelta(days=366)


class OrderedTest(NamedTuple):
    """A test that is ordered or drafted (knowledge/tests.yaml), when it is due; None: nobody said when."""

    test: str
    is_draft: bool
    authored: datetime | None
    start: datetime | None = None
    end: datetime | None = None


def ordered_tests(
    sent: Iterable[JsonObject], drafts: Iterable[JsonObject], knowledge: Knowledge
) -> tuple[OrderedTest, ...]:
    """The tests that are ordered, and those that are drafted."""
    drafted = [r for r in drafts if text(r, "resourceType") in SERVICE_REQUESTS]
    known = {text(r, "id") for r in drafted}
    standing = [r for r in sent if text(r, "status") in _STANDS and text(r, "id") not in known]
    listed = (*((r, False) for r in standing), *((r, True) for r in drafted))
    return tuple(found for resource, is_draft in listed for found in _read(resource, is_draft, knowledge))


def categories_of_care(sent: Iterable[JsonObject], knowledge: Knowledge) -> frozenset[str]:
    """The categories of conditions that active orders of care name, comfort care among them."""
    active = [r for r in sent if text(r, "status") == "active" and r.get("doNotPerform") is not True]
    codes = (child(resource, "code") for resource in active)
    return frozenset(c for code in codes for c in knowledge.terminology.categories_of(codings(code), words_of(code)))


def _read(resource: JsonObject, is_draft: bool, knowledge: Knowledge) -> Iterator[OrderedTest]:
    if resource.get("doNotPerform") is True or text(resource, "status") not in _STANDS:
        return
    zone = knowledge.site.zone
    authored = moment(text(resource, "authoredOn"), zone)
    start, end = due_span(resource, authored, knowledge)
    for test in knowledge.tests.values():
        if _is_of(resource, test, knowledge):
            yield OrderedTest(test.id, is_draft, authored, start, end)


def _is_of(resource: JsonObject, test: OrderableTest, knowledge: Knowledge) -> bool:
    concept = child(resource, "code")
    known = {(system_of(system), code) for system, code in codings(concept)}
    if not known.isdisjoint((system_of(system), code) for system, code in test.codes):
        return True
    if test.analyte:
        return analyte_of(resource, knowledge) == test.analyte
    return bool(test.words and test.words.search(words_of(concept)))


def due_span(
    resource: JsonObject, authored: datetime | None, knowledge: Knowledge
) -> tuple[datetime | None, datetime | None]:
    """From when until when an order is due; of a repeated one the whole span, open ends being far."""
    zone = knowledge.site.zone
    at, period, repeated = text(resource, "occurrenceDateTime"), child(resource, "occurrencePeriod"), _timing(resource)
    if at:
        return moment(at, zone), end_of(at, zone)
    if period:
        start = moment(text(period, "start"), zone)
        return start, end_of(text(period, "end"), zone) or (start and start + _FAR)
    if repeated is None:
        return None, None
    bounds = child(child(repeated, "repeat"), "boundsPeriod")
    start = moment(text(bounds, "start"), zone) or authored
    return start, end_of(text(bounds, "end"), zone) or (start and start + _FAR)


def _timing(resource: JsonObject) -> JsonObject | None:
    """The timing of what is repeated."""
    timing = child(resource, "occurrenceTiming")
    return timing if objects(timing, "repeat") else None
