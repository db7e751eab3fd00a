"""Whether all that a card rests on is signed by its site."""

from collections.abc import Iterator

from cards.answer.recommendation import Recommendation
from cards.chart import Chart
from cards.loading.signed import piece_of_protocol
from cards.model import DraftTest, Problem
from cards.plan import site_protocol


def is_signed(card: Recommendation, chart: Chart) -> bool:
    """Whether the rules, doses, products, tests and rows of a protocol that the card uses are signed."""
    signed = chart.knowledge.signed
    if signed is None:
        return chart.knowledge.is_approved
    return signed.is_complete or signed.covers((f.rule for f in card.findings), _pieces(card, chart))


def _pieces(card: Recommendation, chart: Chart) -> Iterator[str]:
    for draft in card.drafts:
        yield f"product:{draft.product}"
        yield from draft.pieces
    offered = (o for f in card.findings for s in f.suggestions for o in s.offers if isinstance(o, DraftTest))
    yield from (f"test:{test.test}" for test in (*card.tests, *card.own_tests, *offered))
    course = site_protocol.course(chart) if card.problem is Problem.LOW_MAGNESIUM else None
    if course:
        yield piece_of_protocol(course.protocol.file)
        yield piece_of_protocol(course.protocol.file, course.answer.row.name if course.answer.row else "")
