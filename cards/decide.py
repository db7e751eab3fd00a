"""The decision: read, judge, ask, merge, write, with a trace of how it went."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from cards.answer import build
from cards.answer.merge import ANOTHER_PATIENT, NOTHING_TO_ADD_TO, Recommendations, recommend
from cards.answer.recall import recalled
from cards.answer.recommendation import Recommendation
from cards.answer.shown import names_to_remember
from cards.ask import Rule, ask, failure, may_speak
from cards.chart import Chart
from cards.chart.inputs import PATIENT_KEY, REQUIRED
from cards.judgements import lacking, switched
from cards.judgements.second_look import second_look
from cards.loading import Knowledge
from cards.model import (
    Answers,
    Card,
    Decision,
    Finding,
    Indicator,
    Memory,
    OnTrial,
    Problem,
    Silence,
    Snapshot,
    Stopped,
    Trace,
)
from cards.rules import BY_MOMENT

_NOT_AVAILABLE = "magnesium_was_not_available"
Broken = dict[str, Silence]
_INCOMPLETE = "check_is_incomplete"
_DIED = Silence("the patient has died")
_CONCERNS_NOBODY = Silence("no drafted order that any rule speaks of")


def decide(
    snapshot: Snapshot, knowledge: Knowledge, now: datetime, new_id: Callable[[], str], memory: Memory | None = None
) -> Decision:
    """What to say about this patient at this moment. Never raises on what a client sent.

    With a `memory` of what became of earlier advice, advice that was answered is not repeated.
    """
    chart = Chart(snapshot, knowledge, now)
    told = _answers(chart)
    everything = told.findings
    findings = [f for f in everything if not _is_on_trial(f, chart)]
    advice, broken = _merged(findings, chart, memory)
    cards = tuple(_written(advice.said, chart, new_id, memory, broken))
    if not cards and not advice.quiet and _is_unsettled(findings, advice, chart, broken):
        told.ask([_INCOMPLETE])  # once more
        findings = [finding for finding in told.findings if finding.rule == _INCOMPLETE]
        cards = tuple(_written(recommend(findings, chart, memory).said, chart, new_id, memory, broken))
    tried = _tried(everything, chart, memory)
    suppressed = {**dict.fromkeys(told.not_asked, NOTHING_TO_ADD_TO), **advice.suppressed}
    trace = Trace(chart, told, suppressed, advice.quiet, knowledge.version, broken, tried)
    return Decision(cards, trace, _cannot_tell(cards, chart), tuple(one for one in tried.values() if one))


def further_queries(snapshot: Snapshot, knowledge: Knowledge, now: datetime) -> dict[str, str]:
    """Key to query of what is to be asked for in a second look, by what the first one brought; never raises on that."""
    try:
        found = second_look(Chart(snapshot, knowledge, now))
    except Stopped:
        raise
    except Exception:  # a fault of ours: the first look stands, and its rules tell of it
        return {}
    return {asked.key: asked.query(knowledge, snapshot.about) for asked in found}


def _is_on_trial(finding: Finding, chart: Chart) -> bool:
    """What is critical is told, whatever the site tries."""
    return finding.rule in chart.knowledge.site.trial.rules and finding.indicator is not Indicator.CRITICAL


def _tried(findings: Sequence[Finding], chart: Chart, memory: Memory | None) -> dict[str, OnTrial | None]:
    """Of each rule on trial that has something to say what would be shown beside the others; None for nothing."""
    on_trial = [f.rule for f in findings if _is_on_trial(f, chart)]
    if not on_trial:
        return {}
    said = _merged(findings, chart, memory)[0].said
    shown = {f.rule: OnTrial(f.rule, f is r.lead, r.problem, r.indicator) for r in said for f in r.findings}
    return {rule: shown.get(rule) for rule in on_trial}


def _is_unsettled(findings: Iterable[Finding], advice: Recommendations, chart: Chart, broken: Broken) -> bool:
    """Whether nothing is said because a card failed, or for want of data that would have made it concern an order."""
    held_back = any(f.leads and f.rule in advice.suppressed and f.rule != _INCOMPLETE for f in findings)
    if broken:
        chart.broken.append(Problem.LOW_MAGNESIUM)
    if held_back and chart.about_orders:
        chart.unsettled.append((Problem.LOW_MAGNESIUM, chart.failed))
    return bool(broken or held_back)


def _cannot_tell(cards: Sequence[Card], chart: Chart) -> tuple[str, ...]:
    """The keys without which nothing could be said; none when it was a fault of ours."""
    if chart.snapshot.foreign_drafts and not chart.snapshot.patient_unknown:
        return ()  # the clinician, not the client, is to know that an order may be for the wrong patient
    said = {tuple(rule for rule in card.rules if rule != ANOTHER_PATIENT) for card in cards}
    if said == {(_NOT_AVAILABLE,)}:
        return REQUIRED
    incomplete = said == {(_INCOMPLETE,)} and not lacking.rules_failed(chart)
    if incomplete and chart.snapshot.patient_unknown:
        return (PATIENT_KEY,)
    return tuple(asked.key for asked in lacking.inputs(chart)) if incomplete else ()


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
            if isinstance(fault, Stopped):
                raise
            broken |= dict.fromkeys((f.rule for f in more), failure("merging", fault))
    return recommend(kept, chart, memory), broken


def _written(
    said: Iterable[Recommendation], chart: Chart, new_id: Callable[[], str], memory: Memory | None, broken: Broken
) -> Iterator[Card]:
    """The cards; what cannot be written is left out, and its rules are told among the broken ones."""
    for recommendation in said:
        # whole; else without the one finding that cannot be written
        shorter = (_without(recommendation, finding) for finding in recommendation.findings[1:])
        for attempt in (recommendation, *shorter):
            left_out = [f.rule for f in recommendation.findings if f not in attempt.findings]
            try:
                card = build.card(attempt, chart, new_id, memory)
                yield replace(card, known_by=_known_by(recommendation, chart, memory)) if memory else card
            except Exception as fault:
                if isinstance(fault, Stopped):
                    raise
                why = failure("writing the card", fault)
            else:
                broken |= dict.fromkeys(left_out, why) if left_out else {}
                break
        else:
            broken |= dict.fromkeys((f.rule for f in recommendation.findings), why)


def _known_by(recommendation: Recommendation, chart: Chart, memory: Memory) -> tuple[str, ...]:
    return recalled(partial(names_to_remember, recommendation, chart, memory), chart) or ()


def _without(recommendation: Recommendation, finding: Finding) -> Recommendation:
    return replace(recommendation, findings=tuple(f for f in recommendation.findings if f is not finding))


def _started(rules: Mapping[str, Rule], chart: Chart) -> list[str]:
    """The rules that may title a card and may speak; what starts several of them is asked once."""
    starts = {trigger: may_speak(trigger, chart) for trigger in dict.fromkeys([r.starts for r in rules.values()])}
    return [name for name in _leading(rules) if starts[rules[name].starts]]


def _leading(rules: Mapping[str, Rule]) -> list[str]:
    return [name for name, rule in rules.items() if not rule.adds]


def _answers(chart: Chart) -> Answers:
    """What the rules of this moment say: nothing of orders that concern nobody, nor of somebody who has died.

    Asked are those that may title a card, as far as they are started, and where one does those that only add to it;
    the others on demand. What could not be had may hide what starts a rule: then all are asked that may title a card.
    """
    rules = BY_MOMENT[chart.snapshot.about]
    silent = _CONCERNS_NOBODY if chart.concerns_nobody else _DIED if chart.died else switched.why_silent(chart)
    if silent:
        always = [ANOTHER_PATIENT] if silent is _DIED and chart.snapshot.foreign_drafts else []
        told = Answers(rules, lambda name: ask(rules[name], chart) if name in always else silent)
        told.ask(always)  # an order for somebody else, in the chart of who has died
        return told
    off = switched.rules_off(chart)

    def answer(name: str) -> Finding | Silence:
        told = off.get(name) or ask(rules[name], chart)
        return told if isinstance(told, Silence) else switched.settled(told, chart)

    answers = Answers(rules, answer)
    everything = bool(chart.knowledge.site.trial.rules)  # of a rule on trial it is told what it would have said
    answers.ask(_leading(rules) if everything or chart.may_hide else _started(rules, chart))
    if everything or any(finding.leads for finding in answers.findings):
        answers.ask([name for name, rule in rules.items() if rule.adds])
    return answers
