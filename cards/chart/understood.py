"""How much of what was sent nobody understands, by kind."""

from collections.abc import Iterator
from itertools import repeat
from typing import TYPE_CHECKING

from cards.chart import gather
from cards.chart.conditions import is_present
from cards.chart.medicines import is_drafted, nameless
from cards.chart.sorting import CONDITION, Kind, NotUnderstood, What, Why, count_problems, count_stays, counted

if TYPE_CHECKING:
    from cards.chart.chart import Chart


def not_understood(chart: "Chart") -> NotUnderstood:
    """Every result, medicine, problem, draft and selection, and the stay, of which nobody can say what it is."""
    return counted(_every(chart))


def _every(chart: "Chart") -> Iterator[Kind]:
    terminology = chart.knowledge.terminology
    yield from gather.unread_results(chart.readings, chart.knowledge)
    yield from (Kind(What.MEDICINE, why) for _, why in chart.unread_medicines.values())
    yield from count_problems(filter(is_present, chart.sent.of(CONDITION)), terminology)
    yield from count_stays(chart.encounter)
    drafts = nameless(filter(is_drafted, chart.snapshot.drafts), chart.bundled, terminology.systems)
    yield from (Kind(What.DRAFT, why) for _, why in drafts.values())
    yield from repeat(Kind(What.SELECTION, Why.REFERENCE), chart.chosen_drafts.unmatched)
    yield from repeat(Kind(What.ENTRY, Why.SHAPE), chart.snapshot.unreadable)
