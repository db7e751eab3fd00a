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
    for recommendation in ranked[most:]:
        suppressed |= {f.rule: f"more than {most} cards" for f in recommendation.findings}
    said = tuple(ranked[:most])
    spoken = {f.rule for r in said for f in r.findings}
    suppressed |= {
        f.rule: "the leading rule stands alone" for f in findings if f.rule not in spoken | suppressed.keys()
    }
    advice = Recommendations(said, suppressed, {})
    return _without_answered(advice, facts, knowledge, memory) if memory else advice


def _without_answered(told: Recommendations, facts: Facts, knowledge: Knowledge, memory: Memory) -> Recommendations:
    """After the ranking, so that what was answered makes no room for what was not urgent enough to be said."""
    said: list[Recommendation] = []
    quiet: dict[str, str] = {}
    for recommendation in told.said:
        lead = recommendation.lead
        answered = memory.answer_to(advice_name(lead, facts))
        why = answered and why_quiet(answered, lead, recommendation.indicator, facts, knowledge)
        if why:
            quiet |= {f.rule: why for f in recommendation.findings}
        else:
            said.append(recommendation)
    return Recommendations(tuple(said), told.suppressed, quiet)


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
