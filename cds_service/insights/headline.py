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


@dataclass(frozen=True, slots=True)
class _Number:
    """What to call a number, where it is among the totals, how it and its parts are written."""

    name: str
    share: Callable[[Totals], Share]
    told: Callable[[Share], str]
    of: str


_NUMBERS = (
    _Number("Cards per 100 calls", lambda t: t.cards_per_100, rate, "{0.part:,} cards, {0.whole:,} answered calls"),
    _Number(
        "Accepted, of cards with feedback",
        lambda t: t.outcomes.acceptance,
        percent,
        "{0.part:,} accepted, {0.rest:,} overridden",
    ),
    _Number(
        "Accepted, of all cards shown",
        lambda t: t.outcomes.acceptance_of_all,
        percent,
        "{0.part:,} of {0.whole:,}, with feedback or not",
    ),
    _Number(
        "Advice not repeated",
        lambda t: Share(t.quieted, t.quieted + t.outcomes.cards),
        percent,
        "{0.part:,} times, answered before",
    ),
    _Number("Calls without advice", lambda t: Share(t.refused, t.calls), percent, "{0.part:,} of {0.whole:,}"),
)


def headlines(insights: Insights) -> tuple[Headline, ...]:
    """The numbers, the most telling first."""
    return tuple(_headline(number, insights) for number in _NUMBERS)


def _headline(number: _Number, insights: Insights) -> Headline:
    now, before = number.share(insights.totals), number.share(insights.before)
    return Headline(number.name, number.told(now), _change(now, before, number.told), number.of.format(now))


def _change(now: Share, before: Share, told: Callable[[Share], str]) -> str:
    if before.per_100 is None or now.per_100 is None:
        return "too few before to compare" if before.whole else ""
    if told(now) == told(before):
        return "as in the period before"
    return f"{'up' if now.per_100 > before.per_100 else 'down'} from {told(before)}"
