"""How much of what was sent nobody understands, by kind."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple

from cards.chart import gather
from cards.chart.conditions import is_over, is_true
from cards.chart.encounter_setting import setting_told
from cards.chart.medicines import is_drafted, may_be_running, nameless
from cards.chart.sorting import (
    ADMINISTRATION,
    CONDITION,
    ORDERED,
    Kind,
    NotUnderstood,
    What,
    Why,
    count_problems,
    counted,
)
from cards.chart.taken import status_taken
from cards.model import JsonObject, Setting

if TYPE_CHECKING:
    from cards.chart.chart import Chart


class Share(NamedTuple):
    """How many of a list nobody can name, and how many it holds."""

    unread: int
    listed: int


def current_medicines(chart: "Chart") -> Share:
    """Of the medicines taken now, and given of late, those that nobody can name."""
    unread = {id(resource) for resource, _ in chart.unread_medicines.values()}
    since = chart.now - timedelta(hours=chart.knowledge.numbers["duplicate.iv_hours"])
    taken = [r for r in chart.sent.of(*ORDERED) if status_taken(r, chart.now) == "active"]
    listed = [*taken, *(r for r in chart.sent.of(ADMINISTRATION) if may_be_running(r, since))]
    return Share(sum(id(resource) in unread for resource in listed), len(listed))


def problems(chart: "Chart") -> Share:
    """Of the problems that are not over, those that nobody can name."""
    listed = list(filter(is_true, _current(chart)))
    return Share(len(list(count_problems(listed, chart.knowledge.terminology))), len(listed))


def not_understood(chart: "Chart") -> NotUnderstood:
    """Every result, medicine, problem, draft and selection, and the stay, of which nobody can say what it is."""
    return counted(_every(chart))


def _every(chart: "Chart") -> Iterator[Kind]:
    yield from gather.unread_results(chart.readings, chart.knowledge)
    yield from (Kind(What.MEDICINE, why) for _, why in chart.unread_medicines.values())
    yield from count_problems(filter(is_true, _current(chart)), chart.knowledge.terminology)
    if chart.encounter and setting_told(chart.encounter, chart.knowledge) is Setting.UNKNOWN:
        yield Kind(What.STAY, Why.CLASS)
    drafts = nameless(filter(is_drafted, chart.snapshot.drafts), chart.bundled, chart.knowledge)
    yield from (Kind(What.DRAFT, why) for _, why in drafts.values())
    yield from repeat(Kind(What.SELECTION, Why.REFERENCE), chart.chosen_drafts.unmatched)
    yield from repeat(Kind(What.ENTRY, Why.SHAPE), chart.snapshot.unreadable)


def _current(chart: "Chart") -> Iterator[JsonObject]:
    """The problems that are not over."""
    return (resource for resource in chart.sent.of(CONDITION) if not is_over(resource, chart.now))
