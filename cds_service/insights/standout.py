"""What stands out: at most a handful of sentences, so that the message is had without reading tables."""

from collections.abc import Iterator
from itertools import islice

from cds_service.insights.figures import Insights, Outcomes, Rule, Share, Totals
from cds_service.insights.words import Words, percent, rate, short_day

# Below these counts and shares a sentence would make much of chance.
_ENOUGH_CARDS = 20
_ENOUGH_CALLS = 100
_OFTEN_OVERRIDDEN = 200 / 3
_MUCH_OF_ALL = 25
_LITTLE_FEEDBACK = 50
_CHANGED_BY = 0.25
_OFTEN_MISSING = 5
_MANY_FAILED = 5
_TIMES_USUAL = 3
_MOST = 6


def standing_out(insights: Insights, words: Words) -> list[str]:
    """Sentences, the most useful first; none when nothing stands out."""
    found = (_overridden, _frequent, _new_knowledge, _changed, _failed, _missing, _silent)
    return list(islice((sentence for tell in found for sentence in tell(insights, words)), _MOST))


def mostly_overridden(rule: Rule) -> bool:
    """Whether at least two of three cards with feedback were overridden, of enough to say so."""
    return _much(rule.outcomes.override, _ENOUGH_CARDS, _OFTEN_OVERRIDDEN)


def _worst(insights: Insights) -> Rule | None:
    """The rule with most overridden cards, of those that are mostly overridden."""
    rules = filter(mostly_overridden, insights.rules)
    return max(rules, key=lambda rule: rule.outcomes.overridden, default=None)


def _overridden(insights: Insights, words: Words) -> Iterator[str]:
    if rule := _worst(insights):
        outcomes = rule.outcomes
        yield (
            f"Most overridden: “{words.rule(rule.rule)}” {outcomes.overridden:,} of {outcomes.with_feedback:,} cards "
            f"with feedback ({percent(outcomes.override)}); it titles {percent(_of_all(rule, insights))} of all cards. "
            f"{_why(rule, words)}"
        )


def _of_all(rule: Rule, insights: Insights) -> Share:
    return Share(rule.outcomes.cards, insights.totals.outcomes.cards)


def _why(rule: Rule, words: Words) -> str:
    given = [reason for reason in rule.reasons if reason.code]
    return f"Main reason: “{words.reason(given[0].code)}”." if given else "No reasons were given."


def _frequent(insights: Insights, words: Words) -> Iterator[str]:
    """The rule that makes a large part of all cards, where that was not said already."""
    for rule in insights.rules[:1]:
        share = _of_all(rule, insights)
        if rule != _worst(insights) and _much(share, _ENOUGH_CARDS, _MUCH_OF_ALL):
            yield (
                f"Most frequent: “{words.rule(rule.rule)}” titles {percent(share)} of all cards; accepted, of those "
                f"with feedback: {percent(rule.outcomes.acceptance)}."
            )


def _new_knowledge(insights: Insights, _: Words) -> Iterator[str]:
    """How the burden changed with the last version of the knowledge."""
    changes = [number for number, day in enumerate(insights.days) if day.versions]
    if not changes:
        return
    day = insights.days[changes[-1]]
    old, new = _cards_per_100(insights, 0, changes[-1]), _cards_per_100(insights, changes[-1], len(insights.days))
    if min(old.whole, new.whole) >= _ENOUGH_CALLS:
        yield (
            f"New knowledge since {short_day(day.day)} (version {', '.join(day.versions)}): "
            f"{rate(new)} cards per 100 calls since then, {rate(old)} before."
        )


def _cards_per_100(insights: Insights, first: int, behind: int) -> Share:
    totals = [day.totals for day in insights.days[first:behind]]
    return Share(sum(t.outcomes.cards for t in totals), sum(t.answered for t in totals))


def _changed(insights: Insights, words: Words) -> Iterator[str]:
    """The rule whose rate changed most against the period before."""
    if min(insights.totals.answered, insights.before.answered) < _ENOUGH_CALLS:
        return
    rules = [r for r in insights.rules if max(r.cards_per_100.part, r.before_per_100.part) >= _ENOUGH_CARDS]
    rule = max(rules, key=lambda rule: abs(_difference(rule)), default=None)
    if rule and abs(_difference(rule)) >= _CHANGED_BY * (rule.before_per_100.per_100 or 0):
        how = "more" if _difference(rule) > 0 else "less"
        yield (
            f"Fires {how} often than in the {insights.period.length} days before: “{words.rule(rule.rule)}” "
            f"{rate(rule.cards_per_100)} cards per 100 calls; before {rate(rule.before_per_100)}."
        )


def _difference(rule: Rule) -> float:
    return (rule.cards_per_100.per_100 or 0) - (rule.before_per_100.per_100 or 0)


def _failed(insights: Insights, _: Words) -> Iterator[str]:
    """The day on which unusually many calls got no advice."""
    worst = max(insights.days, key=lambda day: _not_answered(day.totals).per_100 or 0)
    share, everything = _not_answered(worst.totals), _not_answered(insights.totals)
    usual = Share(everything.part - share.part, everything.whole - share.whole)
    if usual.per_100 is not None and _much(share, _ENOUGH_CARDS, max(_MANY_FAILED, _TIMES_USUAL * usual.per_100)):
        yield (
            f"A bad day: {percent(share)} of the calls of {short_day(worst.day)} got no advice; "
            f"{percent(usual)} on the other days."
        )


def _not_answered(totals: Totals) -> Share:
    return Share(totals.refused, totals.calls)


def _missing(insights: Insights, words: Words) -> Iterator[str]:
    """The data that is missing most often."""
    for missing in insights.missing[:1]:
        if _much(missing.calls, _ENOUGH_CALLS, _OFTEN_MISSING):
            yield (
                f"Missing data: {words.key(missing.key)} could not be had in {percent(missing.calls)} of calls; "
                f"most often: {words.outcome(missing.outcomes[0].code)}."
            )


def _silent(insights: Insights, _: Words) -> Iterator[str]:
    """That little is known of what became of the cards."""
    outcomes: Outcomes = insights.totals.outcomes
    share = Share(outcomes.with_feedback, outcomes.cards)
    if outcomes.cards >= _ENOUGH_CARDS and (share.per_100 or 0) < _LITTLE_FEEDBACK:
        yield f"Little feedback: what became of it is known for {percent(share)} of the cards."


def _much(share: Share, whole: int, per_100: float) -> bool:
    return share.whole >= whole and (share.per_100 or 0) >= per_100
