"""The patient's conditions by our categories."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from cards.facts.fhir import child, codings, first_moment, status_of, text, words_of
from cards.knowledge import Knowledge
from cards.model import Condition, JsonObject

_PRESENT = frozenset({"active", "recurrence", "relapse", ""})
_SINCE = ("onsetDateTime", "onsetPeriod", "recordedDate", "assertedDate", "dateRecorded")
_OF_A_PREGNANCY = frozenset({"pregnancy", "pre_eclampsia"})
_DENIED = frozenset({"refuted", "entered-in-error"})


def conditions_by_category(
    resources: Iterable[JsonObject], knowledge: Knowledge, now: datetime
) -> dict[str, Condition]:
    """The newest condition of each category; refuted, resolved and lapsed ones are left out."""
    found: dict[str, Condition] = {}
    for resource in resources:
        if not _is_present(resource):
            continue
        categories = _categories(resource, knowledge)
        since = first_moment(resource, *_SINCE) if categories else None
        for category in categories:
            if category not in found or _later(since, found[category].since):
                found[category] = Condition(category, category.replace("_", " "), since)
    return {name: one for name, one in found.items() if not _is_lapsed(one, knowledge, now)}


def _is_lapsed(condition: Condition, knowledge: Knowledge, now: datetime) -> bool:
    """A pregnancy ends, and its pre-eclampsia with it, though both may stay on the problem list."""
    if condition.category not in _OF_A_PREGNANCY or condition.since is None:
        return False
    return now - condition.since > timedelta(days=knowledge.numbers["obstetric.lapsed_days"])


def _categories(resource: JsonObject, knowledge: Knowledge) -> tuple[str, ...]:
    code = child(resource, "code")
    return knowledge.terminology.categories_of(codings(code), words_of(code))


def _is_present(resource: JsonObject) -> bool:
    if text(resource, "resourceType") != "Condition":
        return False
    return (
        status_of(resource, "clinicalStatus") in _PRESENT and status_of(resource, "verificationStatus") not in _DENIED
    )


def _later(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and (other is None or one > other)
