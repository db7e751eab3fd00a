"""The numbers at the top of the page, each with the change against the period before."""

from collections.abc import Callable
from dataclasses import dataclass

from cds_service.insights.figures import Insights, Share, Totals
from cds_service.insights.words import percent, rate


@dataclass(frozen=True, slots=True)
class Headline:
    """One number: what it is, how it changed (empty when there was nothing before), and of how many it tells."""

    name: str
    value: str
    change: str
    of: str


def headlines(insights: Insights) -> tuple[Headline, ...]:
    """The numbers, the most telling first."""
    now, before = insights.totals, insights.before
    outcomes = now.outcomes

    def line(name: str, share: Callable[[Totals], Share], told: Callable[[Share], str], of: str) -> Headline:
        return Headline(name, told(share(now)), _change(share(now), share(before), told), of)

    return (
        line(
            "Cards per 100 calls",
            lambda t: t.cards_per_100,
            rate,
            f"{outcomes.cards:,} cards, {now.answered:,} answered calls",
        ),
        line(
            "Accepted, of cards with feedback",
            lambda t: t.outcomes.acceptance,
            percent,
            f"{outcomes.accepted:,} accepted, {outcomes.overridden:,} overridden",
        ),
        line(
            "Accepted, of all cards shown",
            lambda t: t.outcomes.acceptance_of_all,
            percent,
            f"{outcomes.cards - outcomes.with_feedback:,} cards without feedback",
        ),
        line(
            "Advice not repeated",
            lambda t: Share(t.quieted, t.quieted + t.outcomes.cards),
            percent,
            f"{now.quieted:,} times, answered before",
        ),
        line(
            "Calls without advice",
            lambda t: Share(t.calls - t.answered, t.calls),
            percent,
            f"{now.calls - now.answered:,} of {now.calls:,} calls",
        ),
    )


def _change(now: Share, before: Share, told: Callable[[Share], str]) -> str:
    if before.per_100 is None or now.per_100 is None:
        return "too few before to compare" if before.whole else ""
    if told(now) == told(before):
        return "as in the period before"
    return f"{'up' if now.per_100 > before.per_100 else 'down'} from {told(before)}"
