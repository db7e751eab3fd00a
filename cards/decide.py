"""The decision: read, judge, ask, merge, write, with a trace of how it went."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime

from cards.answer import build
from cards.answer.merge import Recommendation, Recommendations, recommend
from cards.ask import ask, failure
from cards.chart import Chart
from cards.chart.inputs import REQUIRED
from cards.loading import Knowledge
from cards.model import Card, Decision, Finding, Memory, Silence, Snapshot, Stopped, Trace
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
    advice, broken = _merged(findings, chart, memory)
    cards = tuple(_written(advice.said, chart, new_id, memory, broken))
    trace = Trace(chart, told, advice.suppressed, advice.quiet, knowledge.version, broken)
    only_missing = bool(cards) and all(card.rules == (_NOT_AVAILABLE,) for card in cards)
    return Decision(cards, trace, REQUIRED if only_missing else ())


Broken = dict[str, Silence]


def _merged(findings: Sequence[Finding], chart: Chart, memory: Memory | None) -> tuple[Recommendations, Broken]:
    """The recommendations; a problem whose findings cannot be merged with the others is left out."""
    try:
        return recommend(findings, chart, memory), {}
    except Exception as fault:
        if isinstance(fault, Stopped):
            raise
    kept: list[Finding] = []
    broken: Broken = {}
    for problem in sorted({f.problem for f in findings}):
        more = [f for f in findings if f.problem is problem]
        try:
            recommend([*kept, *more], chart, memory)
            kept += more
        except Exception as fault:
            broken |= dict.fromkeys((f.rule for f in more), failure("merging", fault))
    return recommend(kept, chart, memory), broken


def _written(
    said: Iterable[Recommendation], chart: Chart, new_id: Callable[[], str], memory: Memory | None, broken: Broken
) -> Iterator[Card]:
    """The cards; one that cannot be written is left out, and its rules are told among the broken ones."""
    for recommendation in said:
        try:
            yield build.card(recommendation, chart, new_id, memory)
        except Exception as fault:
            if isinstance(fault, Stopped):
                raise
            broken |= dict.fromkeys((f.rule for f in recommendation.findings), failure("writing the card", fault))


def _answers(chart: Chart) -> dict[str, Finding | Silence]:
    """What every rule says: nothing about somebody who has died."""
    if chart.died:
        return {rule.name: _DIED for rule in RULES}
    off = chart.knowledge.site.rules_off
    return {rule.name: _SWITCHED_OFF if rule.name in off else ask(rule, chart) for rule in RULES}
