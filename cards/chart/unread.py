"""How much of what was sent nobody understands, by kind."""

from collections.abc import Iterator
from itertools import repeat
from typing import TYPE_CHECKING

from cards.chart import gather
from cards.chart.conditions import is_over, is_true
from cards.chart.encounter_setting import setting_told
from cards.chart.medicines import is_drafted, nameless
from cards.chart.sorting import CONDITION, Kind, NotUnderstood, What, Why, count_problems, counted
from cards.model import JsonObject, Setting

if TYPE_CHECKING:
    from cards.chart.chart import Chart


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
