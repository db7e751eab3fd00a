"""The patient's conditions by our categories."""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from cards.chart.fhir import LONG_AGO, child, first_moment, moment, objects, said_by, status_of, text
from cards.chart.still_counts import SINCE, Stay, is_of_stay, still_counts
from cards.chart.told_year import in_its_year
from cards.loading import Knowledge
from cards.model import Condition, JsonObject, RenalGate

_OVER = frozenset({"inactive", "remission", "resolved"})
_ABATED = ("abatementDateTime", "abatementDate", "abatementPeriod")
# only refuted, never over: magnesium weakens these patients for life
_FOR_LIFE = frozenset({"myasthenia"})
_DENIED = frozenset({"refuted", "entered-in-error"})
# how certain a diagnosis is, as German records say it at the code (HL7 Germany): excluded, suspected, state after
_CERTAINTY = "icd-10-gm-diagnosesicherheit"
_EXCLUDED, _SUSPECTED, _AFTER = "A", "V", "Z"
# they count as a stop, never as what lifts one
_UNSURE = frozenset({"unconfirmed", "provisional", "differential"})


class Entry(NamedTuple):
    """Something that tells of the patient, and of which categories."""

    resource: JsonObject
    categories: tuple[str, ...]


def conditions_by_category(
    resources: Iterable[JsonObject], knowledge: Knowledge, stay: Stay, also: Iterable[Entry] = ()
) -> dict[str, Condition]:
    """The newest condition of each category; refuted, ended and stale ones are left out. `also`: what tells too."""
    true = [in_its_year(r, stay.now.year) for r in resources if is_true(r)]
    entries = [Entry(r, _categories_now(r, knowledge, stay.now)) for r in true] + [*also]
    found: dict[str, Condition] = {}
    for entry in sorted(entries, key=lambda each: _turn(each.categories, knowledge)):
        since = since_when(entry.resource) if entry.categories else None
        for category in entry.categories:
            if not still_counts(category, entry.resource, entry.categories, found, stay, knowledge):
                continue
            of_stay = is_of_stay(entry.resource, stay)
            told = Condition(category, knowledge.conditions.names[category], since, of_stay)
            if category not in found or _nearness(told, stay) > _nearness(found[category], stay):
                found[category] = told
    return found


def _turn(categories: tuple[str, ...], knowledge: Knowledge) -> tuple[bool, bool]:
    """Those whose time depends on another condition come when that one is known."""
    rows = [row for category in categories if (row := knowledge.condition_freshness.get(category))]
    return any(row.longer_with for row in rows), any(row.ended_by for row in rows)


def _categories_now(resource: JsonObject, knowledge: Knowledge, now: datetime) -> tuple[str, ...]:
    """What an entry says: of one that is over what never ends, of one that is not sure nothing that lifts a stop."""
    categories = knowledge.terminology.categories_of(*said_by(child(resource, "code")))
    if not categories:
        return ()
    if status_of(resource, "verificationStatus") in _UNSURE or _certainty(resource) == _SUSPECTED:
        categories = tuple(c for c in categories if c not in _lifting(knowledge))
    return tuple(c for c in categories if c in _FOR_LIFE) if is_over(resource, now) else categories


@lru_cache(maxsize=16)  # a service has one, and one for each client with a site file of its own
def _lifting(knowledge: Knowledge) -> frozenset[str]:
    """The categories that make a stop none, end what is one, or have magnesium replaced in place of a stop."""
    unless = {stop.unless for stop in knowledge.hard_stops.values()}
    replaced = {state.condition for state in knowledge.renal_states if state.gate is RenalGate.R5}
    return frozenset(unless | replaced | {row.ended_by for row in knowledge.condition_freshness.values()})


def since_when(resource: JsonObject) -> datetime | None:
    """The onset of a condition, else when it was recorded."""
    return first_moment(resource, *SINCE)


def is_present(resource: JsonObject, now: datetime) -> bool:
    """Whether a resource is a condition that is on, neither over nor denied."""
    return is_true(resource) and not is_over(resource, now)


def is_true(resource: JsonObject) -> bool:
    """A condition that nobody has refuted: unconfirmed and provisional ones count."""
    denied = status_of(resource, "verificationStatus") in _DENIED or _certainty(resource) == _EXCLUDED
    return text(resource, "resourceType") == "Condition" and not denied


def _certainty(resource: JsonObject) -> str:
    """The code of the certainty that a coding of the diagnosis has; of nearly every one there is none."""
    code = resource.get("code")
    listed = code.get("coding") if isinstance(code, dict) else None
    extended = [c for c in listed if isinstance(c, dict) and "extension" in c] if isinstance(listed, list) else []
    told = (each for coding in extended for each in objects(coding, "extension"))
    return next((text(child(each, "valueCoding"), "code") for each in told if _is_certainty(each)), "")


def _is_certainty(extension: JsonObject) -> bool:
    return text(extension, "url").endswith(_CERTAINTY)


def is_over(resource: JsonObject, now: datetime) -> bool:
    """By its status; without one by an end that has passed."""
    status = status_of(resource, "clinicalStatus")
    return status in _OVER or _has_abated(resource, now) or _certainty(resource) == _AFTER


def _has_abated(resource: JsonObject, now: datetime) -> bool:
    told = [key for key in _ABATED if key in resource]
    ends = (moment(text(resource, key)) or moment(text(child(resource, key), "end")) for key in told)
    return resource.get("abatementBoolean") is True or (bool(told) and any(end and end <= now for end in ends))


def _nearness(condition: Condition, stay: Stay) -> tuple[datetime, bool]:
    """The later is nearer, one of the stay without a date as late as its begin; of one time that of the stay."""
    begin = stay.start if condition.of_this_stay else None
    return condition.since or begin or LONG_AGO, condition.of_this_stay
