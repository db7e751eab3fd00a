"""Which card orders which test: one set of tests an answer, and none that is ordered already."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import NamedTuple

from cards.answer.recommendation import Recommendation
from cards.chart import Chart
from cards.model import DraftTest, Finding
from cards.plan import ordered


def with_tests(said: Sequence[Recommendation], chart: Chart) -> tuple[Recommendation, ...]:
    """The recommendations with the tests that each orders: a test comes from the card that needs it first."""
    treated = {test.test for card in said if card.drafts for test in _asked(card.findings, chart)}
    windows = chart.knowledge.windows

    def rank(claim: _Claim) -> tuple[bool, bool, float, bool, int]:
        """What a whole card needs before what one suggestion needs; the earlier; the card that treats."""
        window, treats = windows[claim.test.when], bool(said[claim.place].drafts)
        waits = window.yields and claim.test.test in treated
        return claim.own, waits, window.hours, not treats, claim.place

    claims = sorted((claim for place, card in enumerate(said) for claim in _claims(place, card, chart)), key=rank)
    return tuple(_claiming(card, place, claims, chart) for place, card in enumerate(said))


class _Claim(NamedTuple):
    """The wish of a card, or of one suggestion of its `own`, for a test."""

    place: int
    own: bool
    test: DraftTest


def _claims(place: int, card: Recommendation, chart: Chart) -> list[_Claim]:
    asked = [_Claim(place, False, test) for test in _asked(card.findings, chart)]
    return asked + [_Claim(place, True, test) for test in _own(card.findings)]


def _claiming(card: Recommendation, place: int, claims: Sequence[_Claim], chart: Chart) -> Recommendation:
    """The card with what it orders: where it comes first, and the test is not ordered yet."""
    mine = _claims(place, card, chart)
    known = {claim.test for claim in mine if ordered.is_ordered(claim.test, chart, card.infusion)}
    first = {claim.test.test: claim for claim in reversed(claims)}
    won = [claim for claim in mine if first[claim.test.test] == claim and claim.test not in known]
    return replace(
        card,
        tests=tuple(claim.test for claim in won if not claim.own),
        own_tests=tuple(claim.test for claim in won if claim.own),
        ordered=tuple(dict.fromkeys(claim.test.test for claim in mine if claim.test in known)),
    )


def _asked(findings: Iterable[Finding], chart: Chart) -> tuple[DraftTest, ...]:
    """Every test asked for, once, at the earliest time that is asked for; of two alike the one named first."""
    found: dict[str, DraftTest] = {}
    hours = {name: window.hours for name, window in chart.knowledge.windows.items()}
    for test in (t for f in findings for t in f.tests):
        known = found.setdefault(test.test, test)
        if hours[test.when] < hours[known.when]:
            found[test.test] = test
    return tuple(found.values())


def _own(findings: Iterable[Finding]) -> tuple[DraftTest, ...]:
    """The tests that belong to one suggestion alone."""
    offers = (o for f in findings for s in f.suggestions for o in s.offers)
    return tuple(dict.fromkeys(o for o in offers if isinstance(o, DraftTest)))
