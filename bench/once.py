"""Whether what clients were answered and what is recorded are the same, call by call: for `bench.faults`.

A call is known by the ids of the cards that it was answered with. Calls without cards have none and are compared in
number, which a loss and a double would even out: the steady load gets cards in each answer.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from http import HTTPStatus

from sqlalchemy import Engine, select

from cds_service.records.schema import ANSWERS, CARDS, FEEDBACK

Call = frozenset[str]


@dataclass(frozen=True, slots=True)
class Seen:
    """Calls, each by the ids of its cards, and feedback by card, each as often as it was seen.

    `broken`: answers whose cards are recorded with another one, as those of an answer that is written twice are.
    """

    calls: Counter[Call]
    feedback: Counter[str]
    broken: int = 0


def told(calls: Iterable[Call], feedback: Iterable[str]) -> Seen:
    """What clients were answered, and the cards on which their feedback was confirmed."""
    return Seen(Counter(calls), Counter(feedback))


def recorded(engine: Engine) -> Seen:
    """What is in the database; cards that an answer of another status would have had, such as 412, nobody got."""
    with engine.connect() as connection:
        answers = connection.execute(select(ANSWERS.c.id, ANSWERS.c.cards, ANSWERS.c.status)).all()
        cards = connection.execute(select(CARDS.c.answer_id, CARDS.c.id)).all()
        feedback = connection.execute(select(FEEDBACK.c.card_id)).scalars().all()
    of: dict[str, set[str]] = {ident: set() for ident, _, _ in answers}
    for ident, card in cards:
        of.setdefault(ident, set()).add(card)
    whole = {ident: status for ident, count, status in answers if len(of[ident]) == count}
    calls = Counter(frozenset(of[ident] if status == HTTPStatus.OK else ()) for ident, status in whole.items())
    return Seen(calls, Counter(feedback), len(of.keys() - whole.keys()))


def differences(told: Seen, recorded: Seen, cut_off: int) -> Iterator[str]:
    """What is not recorded exactly once; of calls that nobody saw answered there may be so many as were cut off."""
    lost, more = told.calls - recorded.calls, recorded.calls - told.calls
    known = {card for call in told.calls for card in call}
    doubled = sum(n for call, n in more.items() if call & known)
    unseen = more.total() - doubled
    found = {
        "answers are not recorded": lost.total(),
        "are recorded more than once": doubled + recorded.broken,
        f"are recorded that nobody got, {cut_off} were cut off": unseen if unseen > cut_off else 0,
        "feedbacks are not recorded": (told.feedback - recorded.feedback).total(),
        "feedbacks are recorded more than once, or were never given": (recorded.feedback - told.feedback).total(),
    }
    yield from (f"{count} {what}" for what, count in found.items() if count)
