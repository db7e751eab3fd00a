"""The pipeline: snapshot -> facts -> findings -> recommendations -> cards, with a trace of how it went."""

from collections.abc import Callable
from datetime import datetime

from cards.answer import build
from cards.answer.merge import recommend
from cards.chart import Chart
from cards.facts import build_facts
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
    facts = build_facts(snapshot, knowledge, now)
    told = _answers(facts, knowledge)
    findings = [answer for answer in told.values() if isinstance(answer, Finding)]
    advice = recommend(findings, facts, knowledge, memory)
    cards = tuple(build.card(r, facts, knowledge, new_id, memory) for r in advice.said)
    trace = Trace(facts, told, advice.suppressed, advice.quiet, knowledge.version)
    only_missing = bool(cards) and all(card.rules == (_NOT_AVAILABLE,) for card in cards)
    return Decision(cards, trace, ("magnesium",) if only_missing else ())


def _answers(chart: Chart) -> dict[str, Finding | Silence]:
    """What every rule says: nothing about somebody who has died."""
    if chart.died:
        return {rule.__name__: _DIED for rule in RULES}
    off = chart.knowledge.site.rules_off
    return {rule.__name__: _SWITCHED_OFF if rule.__name__ in off else rule(chart) for rule in RULES}
