"""Pregnancy by Observation: its status, a test, the date of delivery, the weeks (inputs of clinical rule s.10)."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from cards.chart.conditions import Entry
from cards.chart.fhir import child, codings, moment, number, text, words_of
from cards.chart.result_names import analyte_of
from cards.chart.results import FINAL, OF_PREGNANCY, observed_at
from cards.loading import Knowledge
from cards.model import Condition, JsonObject

_PREGNANT = "pregnancy"
_PUERPERIUM = "puerperium"


class Pregnancy(NamedTuple):
    """What Observations say: since when she is pregnant, when somebody found that she is not, when birth is due."""

    since: datetime | None = None
    denied: datetime | None = None
    due: datetime | None = None


def pregnancy_of(observations: Iterable[JsonObject], knowledge: Knowledge, now: datetime) -> Pregnancy:
    """By the latest status or test, as long as it counts, and the latest date of delivery."""
    told = sorted(_told(observations, knowledge, now), key=lambda each: each[0])
    answers = [(when, answer) for when, what, r in told if (answer := _answer(what, r, knowledge)) is not None]
    due = next(filter(None, (_due(what, r, when, knowledge) for when, what, r in reversed(told))), None)
    if not answers:
        return Pregnancy(due=due)
    when, pregnant = answers[-1]
    days = knowledge.numbers["obstetric.lapsed_days" if pregnant else "pregnancy.denied_days"]
    if now - when > timedelta(days=days):
        return Pregnancy(due=due)
    return Pregnancy(since=when, due=due) if pregnant else Pregnancy(denied=when, due=due)


def entries_of_pregnancy(found: Pregnancy, knowledge: Knowledge, now: datetime) -> Iterator[Entry]:
    """As entries beside the problems on record: by the date of delivery, else since it was told."""
    begun, over = _span(found, knowledge)
    if found.denied is None and begun and over and begun <= now <= over:
        yield Entry({"onsetDateTime": begun.isoformat()}, (_PREGNANT,))
    elif found.due and over and over < now <= _after(found.due, "pregnancy.puerperium_days", knowledge):
        yield Entry({"onsetDateTime": found.due.isoformat()}, (_PUERPERIUM,))
    elif found.since and not found.due:
        yield Entry({"onsetDateTime": found.since.isoformat()}, (_PREGNANT,))


def without_denied(
    recorded: Mapping[str, Condition], found: Pregnancy, knowledge: Knowledge, now: datetime
) -> dict[str, Condition]:
    """The conditions without a pregnancy that was denied after it was recorded, or whose birth is long past."""
    condition, (_, over) = recorded.get(_PREGNANT), _span(found, knowledge)
    since = condition.since if condition else None
    denied = found.denied is not None and (since is None or since <= found.denied)
    born = over is not None and found.due is not None and now > over and (since is None or since <= found.due)
    return {name: each for name, each in recorded.items() if name != _PREGNANT or not (denied or born)}


def weeks_of(found: Pregnancy, knowledge: Knowledge, now: datetime) -> float | None:
    """The weeks of a pregnancy whose date of delivery is known."""
    begun, over = _span(found, knowledge)
    if begun is None or over is None or not begun <= now <= over:
        return None
    return round((now - begun).days / knowledge.results.ranges.days["wk"], 1)


def _span(found: Pregnancy, knowledge: Knowledge) -> tuple[datetime | None, datetime | None]:
    """From conception to a little after the date of delivery."""
    if found.due is None:
        return None, None
    term = timedelta(days=knowledge.numbers["pregnancy.term_days"])
    return found.due - term, _after(found.due, "pregnancy.overdue_days", knowledge)


def _after(due: datetime, days: str, knowledge: Knowledge) -> datetime:
    return due + timedelta(days=knowledge.numbers[days])


def _told(
    observations: Iterable[JsonObject], knowledge: Knowledge, now: datetime
) -> Iterator[tuple[datetime, str, JsonObject]]:
    for resource in observations:
        what = analyte_of(resource, knowledge)
        when = observed_at(resource, knowledge.site.zone) if what in OF_PREGNANCY else None
        if what and when and when <= now and text(resource, "status") in FINAL:
            yield when, what, resource


def _answer(what: str, resource: JsonObject, knowledge: Knowledge) -> bool | None:
    """Whether she is pregnant by a status or a test; None where that is not told."""
    if what not in ("pregnancy_status", "pregnancy_test"):
        return None
    concept, words = child(resource, "valueCodeableConcept"), knowledge.results.pregnancy
    codes, told = {code for _, code in codings(concept)}, words_of(concept) or text(resource, "valueString")
    if codes & words.no_codes or words.no.search(told.lower()):
        return False
    return True if codes & words.yes_codes or words.yes.search(told.lower()) else None


def _due(what: str, resource: JsonObject, when: datetime, knowledge: Knowledge) -> datetime | None:
    """The expected date of delivery, as told or by the weeks at a time."""
    if what == "delivery_date":
        return moment(text(resource, "valueDateTime"), knowledge.site.zone)
    quantity = child(resource, "valueQuantity")
    told, unit = number(quantity, "value"), text(quantity, "code") or text(quantity, "unit")
    days = knowledge.results.ranges.days.get(unit.strip().lower().removesuffix("s"))
    if what != "gestational_age" or told is None or days is None:
        return None
    return when + timedelta(days=knowledge.numbers["pregnancy.term_days"] - told * days)
