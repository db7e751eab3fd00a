"""How much of what was sent nobody understands: which entries, what they were told by, of how many."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple

from cards.chart import gather
from cards.chart.allergies import counts, unread_allergies
from cards.chart.care import TOLD, unread_care
from cards.chart.conditions import is_over, is_true
from cards.chart.encounter_setting import classes_of, setting_told
from cards.chart.ingredients import told_of
from cards.chart.medicines import is_drafted, may_be_running, nameless, why_nameless
from cards.chart.sorting import (
    ADMINISTRATION,
    ALLERGY,
    CONDITION,
    DEVICE,
    NUTRITION_ORDER,
    ORDERED,
    Kind,
    Unread,
    What,
    Why,
)
from cards.chart.taken import status_taken
from cards.model import JsonObject, Setting, Unreadable
from cards.terms.terminology import CodeKey

if TYPE_CHECKING:
    from cards.chart.chart import Chart

_CARE = (*(kind.name for kind in TOLD), NUTRITION_ORDER, DEVICE)
_MAGNESIUM = ("magnesium", "magnesium_ionised")


class Share(NamedTuple):
    """How many of a list nobody can name, and how many it holds."""

    unread: int
    listed: int


def current_medicines(chart: "Chart") -> Share:
    """Of the medicines taken now, and given of late, those that nobody can name."""
    unread = set(map(id, chart.unread_medicines.values()))
    since = chart.now - timedelta(hours=chart.knowledge.numbers["duplicate.iv_hours"])
    taken = [r for r in chart.sent.of(*ORDERED) if status_taken(r, chart.now) == "active"]
    listed = [*taken, *(r for r in chart.sent.of(ADMINISTRATION) if may_be_running(r, since))]
    return Share(sum(id(resource) in unread for resource in listed), len(listed))


def current_problems(chart: "Chart") -> Iterator[JsonObject]:
    """The problems that are not over and that nobody denies."""
    return (r for r in chart.sent.of(CONDITION) if not is_over(r, chart.now) and is_true(r))


def problems(chart: "Chart") -> Share:
    """Of the problems that are not over, those that nobody can name."""
    return Share(len(chart.nameless_problems), len(chart.current_problems))


def allergy_list(chart: "Chart") -> Share:
    """Of the entries of the allergy list that count, those that nobody can name."""
    listed = [r for r in chart.sent.of(ALLERGY) if counts(r)]
    return Share(len(list(unread_allergies(listed, chart.knowledge))), len(listed))


def entries(chart: "Chart") -> Iterator[Unread]:
    """Every result, medicine, problem, draft and selection, and the stay, of which nobody can say what it is.

    Of a call that concerns nobody only the drafts are read.
    """
    if not chart.concerns_nobody:
        yield from _of_record(chart)
    yield from _nameless(What.DRAFT, nameless(_drafts(chart), chart.bundled, chart.knowledge), chart)
    yield from repeat(Unread(Kind(What.SELECTION, Why.REFERENCE)), chart.chosen_drafts.unmatched)
    yield from repeat(Unread(Kind(What.ENTRY, Why.SHAPE)), chart.snapshot.unreadable)


def _of_record(chart: "Chart") -> Iterator[Unread]:
    yield from gather.unread_results(chart.readings, chart.knowledge)
    yield from _nameless(What.MEDICINE, chart.unread_medicines, chart)
    yield from chart.nameless_problems
    yield from unread_care(chart.sent, chart.knowledge)
    yield from unread_allergies(chart.sent.of(ALLERGY), chart.knowledge)
    if chart.encounter and setting_told(chart.encounter, chart.knowledge) is Setting.UNKNOWN:
        yield Unread(Kind(What.STAY, Why.CLASS), tuple(classes_of(chart.encounter)))


def _nameless(what: What, listed: Mapping[str, JsonObject], chart: "Chart") -> Iterator[Unread]:
    for resource in listed.values():
        yield Unread(Kind(what, why_nameless(resource, chart.bundled)), _codes(resource, chart))


def shares(chart: "Chart") -> Mapping[What, Share]:
    """How many of the results, medicines, problems, stays and drafts nobody understands, and how many there are."""
    of_record = {} if chart.concerns_nobody else _listed_on_record(chart)
    listed = {**of_record, What.DRAFT: len(list(_drafts(chart)))}
    unread = {what: sum(n for kind, n in chart.not_understood.items() if kind.what is what) for what in listed}
    if of_record:
        unread[What.MAGNESIUM] = _magnesium_set_aside(chart)
    return {what: Share(unread[what], n) for what, n in listed.items() if n}


def _listed_on_record(chart: "Chart") -> dict[What, int]:
    found, set_aside, left = chart.readings
    return {
        What.RESULT: sum(map(len, found.values())) + len(set_aside) + len(left),
        What.MAGNESIUM: sum(len(found.get(name, ())) for name in _MAGNESIUM) + _magnesium_set_aside(chart),
        What.MEDICINE: len(chart.sent.of(*ORDERED, ADMINISTRATION)),
        What.PROBLEM: chart.unread_problems.listed,
        What.CARE: len(chart.sent.of(*_CARE)),
        What.ALLERGY: chart.unread_allergies.listed,
        What.STAY: int(chart.encounter is not None),
    }


def _magnesium_set_aside(chart: "Chart") -> int:
    aside = (found for found in chart.readings.set_aside if isinstance(found, Unreadable))
    return sum(found.what in _MAGNESIUM for found in aside)


def _codes(resource: JsonObject, chart: "Chart") -> tuple[CodeKey, ...]:
    own, parts = told_of(resource, chart.bundled)
    return tuple(dict.fromkeys(code for told in (own, *parts) for code in told.codes))


def _drafts(chart: "Chart") -> Iterator[JsonObject]:
    return filter(is_drafted, chart.snapshot.drafts)
