"""The decision: read, judge, ask, merge, write, with a trace of how it went."""

from collections.abc import Callable
from datetime import datetime

from cards.answer import build
from cards.answer.merge import recommend
from cards.ask import ask
from cards.chart import Chart
from cards.chart.inputs import REQUIRED
from cards.loading import Knowledge
from cards.model import Decision, Finding, Memory, Silence, Snapshot, Trace
from cards.rules import RULES

_NOT_AVAILABLE = "magnesium_was_not_available"
_DIED = Silence("the patient has died")
_SWITCHED_OFF = Silence("switched off by the site file")


def decide(
    snapshot: Snapshot, knowledge: Knowledge, now: datetime, new_id: Callable[[], str], memory: Memory | None = None
) -> Decision:
    """What to say about this patient at this moment. Never raises on what a client sent.

    With a `memory` of what became of earlier advice, advice that was answered is not repeated.
    """
    chart = Chart(snapshot, knowledge, now)
    told = _answers(chart)
    findings = [answer for answer in told.values() if isinstance(answer, Finding)]
    advice = recommend(findings, chart, memory)
    cards = tuple(build.card(r, chart, new_id, memory) for r in advice.said)
    trace = Trace(chart, told, advice.suppressed, advice.quiet, knowledge.version)
    only_missing = bool(cards) and all(card.rules == (_NOT_AVAILABLE,) for card in cards)
    return Decision(cards, trace, REQUIRED if only_missing else ())


def _answers(chart: Chart) -> dict[str, Finding | Silence]:
    """What every rule says: nothing about somebody who has died."""
    if chart.died:
        return {rule.name: _DIED for rule in RULES}
    off = chart.knowledge.site.rules_off
    return {rule.name: _SWITCHED_OFF if rule.name in off else ask(rule, chart) for rule in RULES}
