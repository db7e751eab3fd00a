"""The pipeline: snapshot -> facts -> findings -> recommendations -> cards, with a trace of how it went."""

from collections.abc import Callable, Mapping
from datetime import datetime

from cards import build
from cards.facts import build_facts
from cards.knowledge import Knowledge
from cards.model import Decision, Facts, Finding, RuleTrace, Silence, Snapshot, Trace
from cards.recommend import recommend
from cards.rules import RULES

_NOT_AVAILABLE = "magnesium_was_not_available"


def decide(snapshot: Snapshot, knowledge: Knowledge, now: datetime, new_id: Callable[[], str]) -> Decision:
    """What to say about this patient at this moment. Never raises on what a client sent."""
    facts = build_facts(snapshot, knowledge, now)
    told = {rule.__name__: _answer(rule, facts, knowledge) for rule in RULES}
    findings = [answer for answer in told.values() if isinstance(answer, Finding)]
    advice = recommend(findings, facts, knowledge)
    cards = tuple(build.card(r, facts, knowledge, new_id) for r in advice.said)
    rules = tuple(_trace(name, answer, advice.suppressed) for name, answer in told.items())
    only_missing = bool(cards) and all(card.rules == (_NOT_AVAILABLE,) for card in cards)
    return Decision(cards, Trace(facts, rules, knowledge.version), ("magnesium",) if only_missing else ())


def _answer(
    rule: Callable[[Facts, Knowledge], Finding | Silence], facts: Facts, knowledge: Knowledge
) -> Finding | Silence:
    if rule.__name__ in knowledge.site.rules_off:
        return Silence("switched off by the site file")
    return rule(facts, knowledge)


def _trace(name: str, answer: Finding | Silence, suppressed: Mapping[str, str]) -> RuleTrace:
    if isinstance(answer, Silence):
        return RuleTrace(name, "silent", answer.why)
    if name in suppressed:
        return RuleTrace(name, "suppressed", suppressed[name], answer.numbers, answer.values)
    why = f"{answer.problem.name.lower()}, {answer.indicator.word}"
    return RuleTrace(name, "fired", why, answer.numbers, answer.values)
