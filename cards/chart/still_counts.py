"""Whether a condition that is still called active counts now, by its age and stay (clinical rule s.7.1)."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from cards.chart.fhir import child, codings, latest_moment, objects, text
from cards.loading import Knowledge
from cards.loading.condition_freshness import ConditionFreshness, Undated
from cards.model import Condition, JsonObject

SINCE = ("onsetDateTime", "onsetPeriod", "recordedDate", "assertedDate", "dateRecorded")
_LIST = "problem-list-item"


@dataclass(frozen=True, slots=True)
class Stay:
    """The stay of the call, as far as it says how old a condition may be: its id, and since when it lasts."""

    now: datetime
    encounter_id: str = ""
    start: datetime | None = None
    acts_as_inpatient: bool = False


def still_counts(
    category: str,
    resource: JsonObject,
    beside: Collection[str],
    found: Mapping[str, Condition],
    stay: Stay,
    knowledge: Knowledge,
) -> bool:
    """Whether one category of an entry counts; `beside`: all its categories, `found`: what other entries gave."""
    listed = knowledge.condition_freshness
    row = listed.get(category)
    if row is None:
        return True
    zone = knowledge.site.zone
    since = latest_moment(resource, SINCE, zone)
    if _was_ended(row, since, found):
        return False
    by = listed[row.brought_by] if row.brought_by in beside else row
    return _counts_undated(by, resource, stay) if since is None else _is_recent(by, since, found, stay)


def _was_ended(row: ConditionFreshness, since: datetime | None, found: Mapping[str, Condition]) -> bool:
    end = found[row.ended_by].since if row.ended_by in found and row.not_ended_with not in found else None
    return since is not None and end is not None and end > since


def _is_recent(row: ConditionFreshness, since: datetime, found: Mapping[str, Condition], stay: Stay) -> bool:
    if stay.now - since <= _counts_for(row, found):
        return True
    return row.in_stay and stay.acts_as_inpatient and stay.start is not None and since >= stay.start


def _counts_for(row: ConditionFreshness, found: Mapping[str, Condition]) -> timedelta:
    return max((row.counts, *(time for other, time in row.longer_with.items() if other in found)))


def _counts_undated(row: ConditionFreshness, resource: JsonObject, stay: Stay) -> bool:
    """Where nothing puts it elsewhere it is of this stay: nobody would call it active for nothing."""
    if row.undated is Undated.ALWAYS:
        return True
    began_lately = stay.start is None or stay.now - stay.start <= row.counts
    return not _is_elsewhere(resource, stay) and (row.undated is Undated.STAY or began_lately)


def _is_elsewhere(resource: JsonObject, stay: Stay) -> bool:
    """Of another encounter, or of none: no more than an entry of the list of problems."""
    of = _encounter_of(resource)
    if of:
        return bool(stay.encounter_id) and of != stay.encounter_id
    kinds = {code for concept in objects(resource, "category") for _, code in codings(concept)}
    return kinds == {_LIST}


def is_of_stay(resource: JsonObject, stay: Stay) -> bool:
    """Whether a condition was recorded for the encounter of the call."""
    return bool(stay.encounter_id) and _encounter_of(resource) == stay.encounter_id


def _encounter_of(resource: JsonObject) -> str:
    of = text(child(resource, "encounter"), "reference") or text(child(resource, "context"), "reference")
    return of.split("/_history/")[0].rpartition("/")[2]
