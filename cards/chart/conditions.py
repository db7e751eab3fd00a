"""The patient's conditions by our categories."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from cards.chart.fhir import child, codings, first_moment, moment, status_of, text, words_of
from cards.loading import Knowledge
from cards.model import Condition, JsonObject

_OVER = frozenset({"inactive", "remission", "resolved"})
_ABATED = ("abatementDateTime", "abatementDate", "abatementPeriod")
# only refuted, never over: magnesium weakens these patients for life
_FOR_LIFE = frozenset({"myasthenia"})
_SINCE = ("onsetDateTime", "onsetPeriod", "recordedDate", "assertedDate", "dateRecorded")
_DENIED = frozenset({"refuted", "entered-in-error"})


def conditions_by_category(
    resources: Iterable[JsonObject], knowledge: Knowledge, now: datetime
) -> dict[str, Condition]:
    """The newest condition of each category; refuted, ended and lapsed ones are left out."""
    found: dict[str, Condition] = {}
    for resource in resources:
        if not is_true(resource):
            continue
        categories = _categories(resource, knowledge)
        if is_over(resource, now):
            categories = tuple(category for category in categories if category in _FOR_LIFE)
        since = first_moment(resource, *_SINCE) if categories else None
        if _is_lapsed(categories, since, knowledge, now):
            continue
        for category in categories:
            if category not in found or _later(since, found[category].since):
                found[category] = Condition(category, knowledge.conditions.names[category], since)
    return found


def _is_lapsed(categories: tuple[str, ...], since: datetime | None, knowledge: Knowledge, now: datetime) -> bool:
    """Pre-eclampsia ends with its pregnancy, though it may stay on the problem list."""
    days = timedelta(days=knowledge.numbers["obstetric.lapsed_days"])
    return "pre_eclampsia" in categories and since is not None and now - since > days


def _categories(resource: JsonObject, knowledge: Knowledge) -> tuple[str, ...]:
    code = child(resource, "code")
    return knowledge.terminology.categories_of(codings(code), words_of(code))


def since_when(resource: JsonObject) -> datetime | None:
    """The onset of a condition, else when it was recorded."""
    return first_moment(resource, *_SINCE)


def is_present(resource: JsonObject, now: datetime) -> bool:
    """Whether a resource is a condition that is on, neither over nor denied."""
    return is_true(resource) and not is_over(resource, now)


def is_true(resource: JsonObject) -> bool:
    """A condition that nobody has refuted: unconfirmed and provisional ones count."""
    return text(resource, "resourceType") == "Condition" and status_of(resource, "verificationStatus") not in _DENIED


def is_over(resource: JsonObject, now: datetime) -> bool:
    """By its status; without one by an end that has passed."""
    status = status_of(resource, "clinicalStatus")
    ends = (moment(text(resource, key)) or moment(text(child(resource, key), "end")) for key in _ABATED)
    ended = resource.get("abatementBoolean") is True or any(end is not None and end <= now for end in ends)
    return status in _OVER or ended


def _later(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and (other is None or one > other)
