"""Findings to recommendations: one a problem, ranked, at most three, with a reason for each that is left out."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from cards.answer.quiet import advice_name, why_quiet
from cards.answer.recall import recalled
from cards.answer.recommendation import Recommendation
from cards.answer.shown import why_shown_is_quiet
from cards.answer.tests_once import with_tests
from cards.chart import Chart
from cards.judgements import causes, given, switched
from cards.loading.switches import MOST_CARDS
from cards.model import ABOUT_DRAFTS, DraftMedication, Finding, Indicator, Memory, Problem, Suggestion

NOTHING_TO_ADD_TO = "nothing to add it to"
ANOTHER_PATIENT = "another_patient_is_named"
_DONE = "what it asks for is ordered already"
# of what only informs: once the tests that it asks for are ordered there is nothing to do
_SETTLED_BY_TESTS = frozenset(
    {Problem.LOW_MAGNESIUM, Problem.LOOK_FOR_LOW, Problem.DATA_QUALITY, Problem.DRAFT_QT, Problem.DRAFT_DEPLETES}
    | {Problem.DISCHARGE, Problem.REFILL}
)
_ONE = 1  # card of a patient who goes home, and of a renewal (clinical rule s.14)
Present = Mapping[Problem, Recommendation | None]
_WITH_LOW = frozenset({Problem.DRAFT_QT, Problem.DRAFT_DEPLETES})


@dataclass(frozen=True, slots=True)
class Recommendations:
    """What is said, which rules were suppressed and why, and which are quiet since they were answered or seen."""

    said: tuple[Recommendation, ...]
    suppressed: dict[str, str]
    quiet: dict[str, str]


def recommend(findings: Sequence[Finding], chart: Chart, memory: Memory | None = None) -> Recommendations:
    """Merge by problem, keep what belongs to this hook, rank by urgency, keep at most the site's maximum."""
    if not findings:
        return Recommendations((), {}, {})
    findings = _with_causes(findings, chart)
    kept, suppressed = _kept(findings, chart)
    ranked = sorted(kept, key=lambda r: (-r.indicator, r.problem))
    most = _ONE if chart.is_leaving or chart.is_renewal else _most_cards(ranked, chart)
    first, others = ranked[:most], ranked[most:]
    quiet = _answered(first, chart, memory)
    moved_up = _untold_warnings(others, chart, memory)[: len(quiet)] if quiet else []
    said = [r for r in first if r.lead.rule not in quiet] + moved_up
    for recommendation in others:
        if recommendation not in moved_up:
            suppressed |= {f.rule: f"more than {most} card{'s' * (most > 1)}" for f in recommendation.findings}
    spoken = {f.rule for r in (*first, *moved_up) for f in r.findings}
    suppressed |= {
        f.rule: "the leading rule stands alone" for f in findings if f.rule not in spoken | suppressed.keys()
    }
    told = with_tests(said, chart)
    suppressed |= {f.rule: _DONE for r in told if _is_done(r, chart) for f in r.findings}
    return Recommendations(
        tuple(r for r in told if not _is_done(r, chart)),
        suppressed,
        {f.rule: quiet[r.lead.rule] for r in first if r.lead.rule in quiet for f in r.findings},
    )


def _most_cards(ranked: Sequence[Recommendation], chart: Chart) -> int:
    """What the site allows; critical cards beyond that are told too, as many as any site may have."""
    return max(switched.most_cards(chart), min(sum(map(_is_critical, ranked)), MOST_CARDS))


def _kept(findings: Sequence[Finding], chart: Chart) -> tuple[list[Recommendation], dict[str, str]]:
    """What belongs to this hook; and the rules that do not, with the reason."""
    merged = {p: _merge(p, [f for f in findings if f.problem is p]) for p in sorted({f.problem for f in findings})}
    suppressed: dict[str, str] = {}
    kept = []
    for problem, recommendation in merged.items():
        why = NOTHING_TO_ADD_TO if recommendation is None else _why_not(recommendation, merged, chart)
        if recommendation is None or why:
            suppressed |= {f.rule: why for f in findings if f.problem is problem}
        else:
            kept.append(recommendation)
    if len(kept) > 1 and not _is_about_nobody(chart):
        kept, unsaid = _beside_others(kept)
        suppressed |= dict.fromkeys(unsaid, "something else is said")
    return kept, suppressed


def _beside_others(kept: Sequence[Recommendation]) -> tuple[list[Recommendation], list[str]]:
    """What is incomplete is left unsaid beside something else; that it names another patient, the first card tells."""
    others = [r for r in kept if r.problem is not Problem.INCOMPLETE]
    incomplete = [f for r in kept if r.problem is Problem.INCOMPLETE for f in r.findings]
    first = max(others, key=lambda r: (r.indicator, -r.problem))
    told = [replace(f, problem=first.problem, leads=False) for f in incomplete if f.rule == ANOTHER_PATIENT]
    urgent = max(f.indicator for f in (*first.findings, *told))
    told_too = replace(first, findings=(*first.findings, *told), indicator=max(first.indicator, urgent))
    unsaid = [f.rule for f in incomplete if f.rule != ANOTHER_PATIENT]
    return [told_too if r is first else r for r in others], unsaid


def _is_about_nobody(chart: Chart) -> bool:
    """Whether what is said of orders rests on nothing: nothing at all came of a patient whom nobody knows."""
    return chart.about_orders and chart.snapshot.patient_unknown


def _answered(listed: Iterable[Recommendation], chart: Chart, memory: Memory | None) -> dict[str, str]:
    """The leading rules of what was answered, or seen, and need not be said again, and why."""
    if memory is None:
        return {}
    whys = {r.lead.rule: recalled(partial(_why_said_before, r, chart, memory), chart) for r in listed}
    return {rule: why for rule, why in whys.items() if why}


def _why_said_before(recommendation: Recommendation, chart: Chart, memory: Memory) -> str | None:
    """Why it need not be said again: it was answered, or the same user has seen it."""
    answered = memory.answer_to(advice_name(recommendation.findings, chart))
    if any(f.rule == ANOTHER_PATIENT and f.indicator >= Indicator.WARNING for f in recommendation.findings):
        return None
    why = answered and why_quiet(answered, recommendation.lead, recommendation.indicator, chart)
    return why or why_shown_is_quiet(recommendation, chart, memory, answered)


def _untold_warnings(others: list[Recommendation], chart: Chart, memory: Memory | None) -> list[Recommendation]:
    """Of what there was no room for, the warnings about a draft that nobody has answered; the rest was not urgent."""
    warnings = [r for r in others if r.problem in ABOUT_DRAFTS and r.indicator >= Indicator.WARNING]
    answered = _answered(warnings, chart, memory)
    return [r for r in warnings if r.lead.rule not in answered]


def _with_causes(findings: Sequence[Finding], chart: Chart) -> Sequence[Finding]:
    """What causes the low magnesium stands on its card, where it makes it neither louder nor another advice.

    On a card of orders, and on one that stands alone, it has no place.
    """
    lows = [f for f in findings if f.problem is Problem.LOW_MAGNESIUM and f.leads]
    if not lows or chart.about_orders or any(low.alone for low in lows):
        return findings
    return [_on_its_card(f) if f.problem is Problem.CAUSES else f for f in findings]


def _on_its_card(cause: Finding) -> Finding:
    return replace(cause, problem=Problem.LOW_MAGNESIUM, leads=False, indicator=Indicator.INFO)


def _is_done(recommendation: Recommendation, chart: Chart) -> bool:
    """Nothing is left to order: the tests are, and magnesium is given since the low result, or nothing pressed."""
    to_order = recommendation.tests or recommendation.own_tests or any(f.suggestions for f in recommendation.findings)
    if not recommendation.ordered or to_order:
        return False
    if recommendation.indicator is Indicator.INFO:
        return recommendation.problem in _SETTLED_BY_TESTS
    treated = recommendation.problem is Problem.LOW_MAGNESIUM and not _is_critical(recommendation)
    return treated and (given.oral_magnesium_is_new(chart) or given.iv_magnesium_in_progress(chart))


def _merge(problem: Problem, findings: list[Finding]) -> Recommendation | None:
    leads = [f for f in findings if f.leads]
    if not leads:
        return None
    lead = max(leads, key=lambda f: f.indicator)
    others = [] if lead.alone else [f for f in findings if f is not lead]
    return Recommendation(problem, max(f.indicator for f in (lead, *others)), (lead, *others))


def _why_not(recommendation: Recommendation, present: Present, chart: Chart) -> str:
    """Of drafted orders only the drafted order is spoken of, and what makes it unsafe or not enough."""
    problem = recommendation.problem
    if not chart.about_orders or problem in ABOUT_DRAFTS or problem is Problem.INCOMPLETE:
        return ""
    concerned = {
        Problem.LOW_MAGNESIUM: _low_magnesium_matters(recommendation, present, chart),
        Problem.HIGH_MAGNESIUM: _is_critical(recommendation) and any(d.magnesium for d in chart.chosen),
        Problem.LOOK_FOR_LOW: any(d.is_potassium for d in chart.chosen),
        Problem.DATA_QUALITY: any(causes.concerns_magnesium(d) for d in chart.chosen),
    }
    return "" if concerned.get(problem) else "no drafted order that it concerns"


def _low_magnesium_matters(recommendation: Recommendation, present: Present, chart: Chart) -> bool:
    """To a drug that it makes dangerous, to potassium that cannot hold without it, to magnesium that is not enough."""
    if given.drafts_magnesium(chart):
        return _falls_short(recommendation, chart)
    warned = (found for problem in _WITH_LOW if (found := present.get(problem)))
    return any(r.indicator >= Indicator.WARNING for r in warned) or _replaces_potassium_alone(recommendation, chart)


def _is_critical(recommendation: Recommendation) -> bool:
    return recommendation.indicator is Indicator.CRITICAL


def _falls_short(recommendation: Recommendation, chart: Chart) -> bool:
    """IV magnesium is advised urgently, and none is drafted; or in an emergency only a slow infusion."""
    if not _is_critical(recommendation) or not _wants_infusion(recommendation, chart):
        return False
    rates = [d.magnesium.grams_per_hour for d in chart.drafts if d.magnesium and given.is_iv_replacement(d)]
    slow = all(rate is not None and chart.at_most(rate, "ceiling.iv_rate") for rate in rates)
    return slow if recommendation.lead.rule == "emergency_needs_magnesium" else not rates


def _wants_infusion(recommendation: Recommendation, chart: Chart) -> bool:
    """Whether the magnesium that is offered is an infusion, whichever way is chosen."""
    offered = [[o for o in s.offers if isinstance(o, DraftMedication)] for s in _treating(recommendation)]
    routes = [{chart.knowledge.products[order.product].route for order in way} for way in offered if way]
    return bool(routes) and all("intravenous" in way for way in routes)


def _treating(recommendation: Recommendation) -> list[Suggestion]:
    """The suggestions of the leading rule, and the ways of the hospital's own protocol."""
    others = (s for f in recommendation.findings[1:] for s in f.suggestions if s.alternative)
    return [*recommendation.lead.suggestions, *others]


def _replaces_potassium_alone(recommendation: Recommendation, chart: Chart) -> bool:
    """Potassium is drafted for a low potassium, and nobody gives magnesium (s.3: replace both)."""
    low = any(f.rule == "potassium_is_low_too" for f in recommendation.findings)
    supplied = given.oral_magnesium(chart) or given.iv_magnesium_lately(chart)
    return low and any(d.is_potassium for d in chart.chosen) and not supplied
