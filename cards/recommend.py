"""Findings to recommendations: one a problem, ranked, at most three, with a reason for each that is left out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from cards import assess, causes
from cards.knowledge import Knowledge
from cards.model import ABOUT_DRAFTS, Facts, Finding, Indicator, Memory, Problem
from cards.quiet import advice_name, why_quiet

_WITH_LOW = frozenset({Problem.DRAFT_QT, Problem.DRAFT_DEPLETES})


@dataclass(frozen=True, slots=True)
class Recommendation:
    """All that will be said about one problem: the finding that titles it, then the others."""

    problem: Problem
    indicator: Indicator
    findings: tuple[Finding, ...]

    @property
    def lead(self) -> Finding:
        """The finding that titles the card."""
        return self.findings[0]


@dataclass(frozen=True, slots=True)
class Recommendations:
    """What is said, which rules were suppressed for which reason, and which are quiet since they were answered."""

    said: tuple[Recommendation, ...]
    suppressed: dict[str, str]
    quiet: dict[str, str]


def recommend(
    findings: Sequence[Finding], facts: Facts, knowledge: Knowledge, memory: Memory | None = None
) -> Recommendations:
    """Merge by problem, keep what belongs to this hook, rank by urgency, keep at most the site's maximum."""
    merged = {p: _merge(p, [f for f in findings if f.problem is p]) for p in sorted({f.problem for f in findings})}
    _cap_causes(merged)
    suppressed: dict[str, str] = {}
    kept = []
    for problem, recommendation in merged.items():
        why = "nothing to add it to" if recommendation is None else _why_not(problem, merged.keys(), facts)
        if recommendation is None or why:
            suppressed |= {f.rule: why for f in findings if f.problem is problem}
        else:
            kept.append(recommendation)
    ranked = sorted(kept, key=lambda r: (-r.indicator, r.problem))
    most = knowledge.site.maximum_cards
    first, others = ranked[:most], ranked[most:]
    quiet = _answered(first, facts, knowledge, memory)
    moved_up = _untold_warnings(others, facts, knowledge, memory)[: len(quiet)] if quiet else []
    said = [r for r in first if r.lead.rule not in quiet] + moved_up
    for recommendation in others:
        if recommendation not in moved_up:
            suppressed |= {f.rule: f"more than {most} cards" for f in recommendation.findings}
    spoken = {f.rule for r in (*first, *moved_up) for f in r.findings}
    suppressed |= {
        f.rule: "the leading rule stands alone" for f in findings if f.rule not in spoken | suppressed.keys()
    }
    return Recommendations(
        tuple(said), suppressed, {f.rule: quiet[r.lead.rule] for r in first if r.lead.rule in quiet for f in r.findings}
    )


def _answered(
    listed: Iterable[Recommendation], facts: Facts, knowledge: Knowledge, memory: Memory | None
) -> dict[str, str]:
    """The leading rules of what was answered and need not be said again, and why."""
    found = {}
    for recommendation in listed if memory else ():
        answered = memory and memory.answer_to(advice_name(recommendation.findings, facts))
        why = answered and why_quiet(answered, recommendation.lead, recommendation.indicator, facts, knowledge)
        if why:
            found[recommendation.lead.rule] = why
    return found


def _untold_warnings(
    others: list[Recommendation], facts: Facts, knowledge: Knowledge, memory: Memory | None
) -> list[Recommendation]:
    """Of what there was no room for, the warnings about a draft that nobody has answered; the rest was not urgent."""
    warnings = [r for r in others if r.problem in ABOUT_DRAFTS and r.indicator >= Indicator.WARNING]
    answered = _answered(warnings, facts, knowledge, memory)
    return [r for r in warnings if r.lead.rule not in answered]


def _cap_causes(merged: dict[Problem, Recommendation | None]) -> None:
    """The card of causes is never louder than the low magnesium it explains."""
    low, causing = merged.get(Problem.LOW_MAGNESIUM), merged.get(Problem.CAUSES)
    if low and causing and causing.indicator > low.indicator:
        merged[Problem.CAUSES] = replace(causing, indicator=low.indicator)


def _merge(problem: Problem, findings: list[Finding]) -> Recommendation | None:
    leads = [f for f in findings if f.leads]
    if not leads:
        return None
    lead = max(leads, key=lambda f: f.indicator)
    others = [] if lead.alone else [f for f in findings if f is not lead]
    return Recommendation(problem, max(f.indicator for f in (lead, *others)), (lead, *others))


def _why_not(problem: Problem, present: Iterable[Problem], facts: Facts) -> str:
    """On order hooks only the drafted order is spoken of, and the low magnesium that makes it unsafe."""
    if facts.hook == "patient-view" or problem in ABOUT_DRAFTS:
        return ""
    if problem is Problem.LOW_MAGNESIUM and _WITH_LOW & set(present) and not assess.drafts_magnesium(facts):
        return ""
    if problem is Problem.DATA_QUALITY and any(causes.concerns_magnesium(d) for d in facts.chosen):
        return ""
    return "no drafted order that it concerns"
