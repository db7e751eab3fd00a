"""The patient's conditions by our categories."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from cards.chart.fhir import child, codings, first_moment, status_of, text, words_of
from cards.loading import Knowledge
from cards.model import Condition, JsonObject

_PRESENT = frozenset({"active", "recurrence", "relapse", ""})
_SINCE = ("onsetDateTime", "onsetPeriod", "recordedDate", "assertedDate", "dateRecorded")
_DENIED = frozenset({"refuted", "entered-in-error"})
# what a card says for a category where that is more than its words
LABELS = {
    "acute_mi": "acute myocardial infarction",
    "aki": "acute kidney injury",
    "alcohol": "alcohol use",
    "atrial_fibrillation_rapid": "rapid atrial fibrillation",
    "av_block": "second- or third-degree AV block",
    "av_block_first_degree": "first-degree AV block",
    "burn": "burns",
    "cardiac_surgery": "heart surgery",
    "ckd": "chronic kidney disease",
    "ckd3": "chronic kidney disease, stage 3",
    "ckd4": "chronic kidney disease, stage 4",
    "esrd": "end-stage kidney disease",
    "gitelman_bartter": "Gitelman or Bartter syndrome",
    "hungry_bone": "hungry bone syndrome",
    "long_qt": "long QT syndrome",
    "peptic_protection": "gastrointestinal bleeding, Barrett or Zollinger-Ellison",
    "pre_eclampsia": "pre-eclampsia",
    "symptom": "symptoms of low magnesium",
    "torsades": "torsades de pointes",
    "type_1_diabetes": "type 1 diabetes",
}


def conditions_by_category(
    resources: Iterable[JsonObject], knowledge: Knowledge, now: datetime
) -> dict[str, Condition]:
    """The newest condition of each category; refuted, resolved and lapsed ones are left out."""
    found: dict[str, Condition] = {}
    for resource in resources:
        if not is_present(resource):
            continue
        categories = _categories(resource, knowledge)
        since = first_moment(resource, *_SINCE) if categories else None
        if _is_lapsed(categories, since, knowledge, now):
            continue
        for category in categories:
            if category not in found or _later(since, found[category].since):
                found[category] = Condition(category, LABELS.get(category) or category.replace("_", " "), since)
    return found


def _is_lapsed(categories: tuple[str, ...], since: datetime | None, knowledge: Knowledge, now: datetime) -> bool:
    """Pre-eclampsia ends with its pregnancy, though it may stay on the problem list."""
    days = timedelta(days=knowledge.numbers["obstetric.lapsed_days"])
    return "pre_eclampsia" in categories and since is not None and now - since > days


def _categories(resource: JsonObject, knowledge: Knowledge) -> tuple[str, ...]:
    code = child(resource, "code")
    return knowledge.terminology.categories_of(codings(code), words_of(code))


def is_present(resource: JsonObject) -> bool:
    """Whether a Condition is one that the patient has now, as far as its statuses say."""
    if text(resource, "resourceType") != "Condition":
        return False
    return (
        status_of(resource, "clinicalStatus") in _PRESENT and status_of(resource, "verificationStatus") not in _DENIED
    )


def _later(one: datetime | None, other: datetime | None) -> bool:
    return one is not None and (other is None or one > other)
