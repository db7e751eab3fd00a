"""Shown before: a card that the same user has seen and need not see again; nothing that is grave, unread or changed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from cards.answer.quiet import NEVER_QUIET, advice_name, ago, said_of
from cards.answer.recommendation import Recommendation
from cards.chart import Chart
from cards.model import About, Answered, Finding, Indicator, JsonObject, Memory, Problem
from cards.plan.units_of_stay import is_on_trial

_LEVELS = frozenset({Problem.LOW_MAGNESIUM, Problem.HIGH_MAGNESIUM})
_OF_AN_ORDER = frozenset({Problem.DRAFT_MAGNESIUM, Problem.INTERACTION})
_DOUBTS = frozenset({Problem.DATA_QUALITY, Problem.INCOMPLETE})
# what could not be read, and the hard stops that no row names after itself
_ALWAYS_SAID = NEVER_QUIET | {
    "part_is_unread",
    "medicines_are_unread",
    "facts_are_missing",
    "draft_is_unread",
    "draft_magnesium_meets_unread",
    "draft_magnesium_lacks_facts",
    "draft_magnesium_is_unsafe",
    "kidneys_limit_magnesium",
}
_BLOCKED = ("iv_magnesium_interacts", "blocker")  # of an interaction, the line that is a row of hard_stops.yaml
_ADDED_TO_VIEWS = "drugs_cause_low_magnesium"  # a card of orders leaves it out of what is otherwise the same advice
_NOT_THE_ORDER = frozenset({"id", "meta", "text", "status"})
_MOST_ORDERS = 20  # of more it is not kept what was shown, and all is said again


@dataclass(frozen=True, slots=True)
class _Names:
    """What is asked of the memory: `seen` keeps the card quiet, unless one of `same_order` was shown beside it.

    `kept`: what to remember once the card is shown.
    """

    seen: str = ""
    same_order: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()


def why_shown_is_quiet(
    recommendation: Recommendation, chart: Chart, memory: Memory, answered: Answered | None
) -> str | None:
    """Why a card that was shown need not be shown again now; None when it must be, and when nobody can say.

    What was shown before it was answered does not count: for how long an answer holds, it says itself.
    """
    names = _names(recommendation, chart)
    if not names.seen:
        return None
    at = _lately(memory.shown((names.seen, *names.same_order)), chart, answered)
    if names.seen not in at or any(order in at for order in names.same_order):
        return None
    return f"shown to the same user {ago(chart.hours_since(at[names.seen]))}: quiet for {_quiet_hours(chart):g} h"


def names_to_remember(recommendation: Recommendation, chart: Chart, memory: Memory) -> tuple[str, ...]:
    """The names to remember a card by once it is shown; without those that are remembered already."""
    kept = () if is_on_trial(chart) else _names(recommendation, chart).kept  # on trial nobody sees it
    if not kept:
        return ()
    answered = memory.answer_to(advice_name(recommendation.findings, chart))
    known = _lately(memory.shown(kept), chart, answered)
    return tuple(name for name in kept if name not in known)


def _lately(found: Mapping[str, datetime], chart: Chart, answered: Answered | None) -> dict[str, datetime]:
    hours = _quiet_hours(chart)
    recent = {name: at for name, at in found.items() if at <= chart.now and chart.hours_since(at) < hours}
    return {name: at for name, at in recent.items() if answered is None or at > answered.at}


def _quiet_hours(chart: Chart) -> float:
    """Nobody has said that it can wait: never for longer than what was answered and is still to be done."""
    return min(chart.numbers["quiet.inpatient"], chart.numbers["quiet.ambulatory"])


def _names(recommendation: Recommendation, chart: Chart) -> _Names:
    """The names of the card by which it is known again; none of one that is always said."""
    user, about = chart.snapshot.user, chart.snapshot.about
    if not user or recommendation.problem in _DOUBTS or _is_always_said(recommendation, chart):
        return _Names()
    name = "\n".join((user, recommendation.indicator.word, advice_name(recommendation.findings, chart)))
    if recommendation.problem in _OF_AN_ORDER and about is About.ORDERS:
        return _of_an_order(name, chart)
    name = "\n".join((name, *sorted(said_of(f) for f in recommendation.findings if f.rule != _ADDED_TO_VIEWS)))
    if about is About.PATIENT and chart.magnesium:
        is_info = recommendation.indicator is Indicator.INFO
        return _Names(seen=name if is_info else "", kept=(name,))
    if about is About.ORDERS and chart.magnesium and recommendation.problem in _LEVELS:
        orders = _same_orders(name, chart)
        return _Names(name, orders, (name, *orders) if 0 < len(orders) <= 2 * _MOST_ORDERS else ())
    return _Names()


def _of_an_order(name: str, chart: Chart) -> _Names:
    """A card about a drafted order: said where it is chosen, and not at its signing where it is the same order."""
    drafts = sorted(json.dumps(_content(draft), sort_keys=True, default=str) for draft in chart.signed)
    chosen = "\n".join(("order", name, *drafts))
    return _Names(kept=(chosen,)) if chart.is_choosing else _Names(seen=chosen)


def _content(draft: JsonObject) -> dict[str, object]:
    return {key: value for key, value in draft.items() if key not in _NOT_THE_ORDER}


def _same_orders(name: str, chart: Chart) -> tuple[str, ...]:
    """The orders beside which the card stands: known again by id, or by what is ordered where ids change."""
    drafts = [(draft.reference or "", draft.name) for draft in chart.chosen]
    return tuple(f"beside {told}\n{name}" for told in dict.fromkeys(word for pair in drafts for word in pair if word))


def _is_always_said(recommendation: Recommendation, chart: Chart) -> bool:
    stops = {f"{stop}_forbids_iv" for stop in chart.knowledge.hard_stops}
    critical = recommendation.indicator is Indicator.CRITICAL
    return critical or any(_is_grave(f, stops) for f in recommendation.findings)


def _is_grave(finding: Finding, stops: set[str]) -> bool:
    rule, line = _BLOCKED
    return finding.rule in _ALWAYS_SAID or finding.rule in stops or (finding.rule == rule and line in finding.say)
