"""Which card orders which test: one set of tests an answer, and none that is ordered already."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from cards.answer.recommendation import Recommendation
from cards.chart import Chart
from cards.loading import Window
from cards.model import DraftTest, Finding
from cards.plan import ordered


def with_tests(said: Sequence[Recommendation], chart: Chart) -> tuple[Recommendation, ...]:
    """The recommendations with the tests that each orders: a test comes from the card that asks for it first in time."""
    claims = sorted(
        (
            _Claim(chart.knowledge.windows[test.when], own, not card.drafts, place, test)
            for place, card in enumerate(said)
            for own, tests in ((False, _asked(card.findings)), (True, _own(card.findings)))
            for test in tests
        ),
        key=_Claim.rank,
    )
    return tuple(_claiming(card, place, claims, chart) for place, card in enumerate(said))


class _Claim(NamedTuple):
    """A card's wish for a test; `own` of one suggestion alone."""

    window: Window
    own: bool
    treats_nothing: bool
    place: int
    test: DraftTest

    def rank(self) -> tuple[bool, bool, float, bool, int]:
        """What all of a card needs before what one suggestion needs; the earlier; the card that treats."""
        return self.window.yields, self.own, self.window.hours, self.treats_nothing, self.place


def _claiming(card: Recommendation, place: int, claims: Sequence[_Claim], chart: Chart) -> Recommendation:
    """The card with what it orders: where it comes first, and the test is not ordered yet."""
    mine = [claim for claim in claims if claim.place == place]
    known = {claim.test for claim in mine if ordered.is_ordered(claim.test, chart, card.infusion)}
    first = {claim.test.test: claim for claim in reversed(claims)}
    won = [claim for claim in mine if first[claim.test.test] is claim and claim.test not in known]
    order = {test: number for number, test in enumerate((*_asked(card.findings), *_own(card.findings)))}
    won.sort(key=lambda claim: order[claim.test])
    return replace(
        card,
        tests=tuple(claim.test for claim in won if not claim.own),
        own_tests=tuple(claim.test for claim in won if claim.own),
        ordered=tuple(dict.fromkeys(claim.test.test for claim in mine if claim.test in known)),
    )


def _asked(findings: Iterable[Finding]) -> tuple[DraftTest, ...]:
    """Every test asked for, once; the leading finding says when."""
    found: dict[str, DraftTest] = {}
    for test in (t for f in findings for t in f.tests):
        found.setdefault(test.test, test)
    return tuple(found.values())


def _own(findings: Iterable[Finding]) -> tuple[DraftTest, ...]:
    """The tests that belong to one suggestion alone."""
    offers = (o for f in findings for s in f.suggestions for o in s.offers)
    return tuple(dict.fromkeys(o for o in offers if isinstance(o, DraftTest)))
