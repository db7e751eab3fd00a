"""What the service drafts of a protocol's answer: each way to follow it, within our stops and ceilings."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from cards.loading import Knowledge
from cards.model.protocol import Order, Protocol
from cards.model.protocol_answer import Answer, Facts
from cards.protocol.ends import ways
from cards.protocol.stops import Bounds, Ceilings, Way, ceilings, way


@dataclass(frozen=True, slots=True)
class Drafted:
    """The ways that may be offered, the first preferred, each with what comes after it; what is withheld altogether.

    `lost`: how many of the choices that the paper leaves cannot be drafted in any way.
    """

    offered: tuple[Way, ...]
    then: Way
    withheld: tuple[str, ...] = ()
    lost: int = 0

    @property
    def told(self) -> tuple[str, ...]:
        """Everything that is not as the paper has it."""
        return tuple(dict.fromkeys(_told(self)))

    def as_answer(self, answer: Answer) -> Answer:
        """The answer with what is drafted in place of what the paper orders."""
        ways_left = [w.orders for w in self.offered]
        if len(ways_left) < 2 or any(len(orders) != 1 for orders in ways_left):
            return replace(answer, give=ways_left[0] if ways_left else (), one_of=(), then=self.then.orders)
        one_of = tuple(orders[0] for orders in ways_left)
        return replace(answer, give=(), one_of=one_of, then=self.then.orders)


def _told(drafted: Drafted) -> Iterator[str]:
    for each in (*drafted.offered, drafted.then):
        yield from (f"slower: {text}" for text in each.slower)
        yield from (f"not drafted: {text}" for text in each.withheld)
        if each.first_only:
            yield "first dose only, a level before the next"
    yield from (f"not drafted: {text}" for text in drafted.withheld)


def drafted(answer: Answer, protocol: Protocol, facts: Facts, bounds: Bounds, knowledge: Knowledge) -> Drafted:
    """What may be drafted of an answer."""
    most = ceilings(protocol, facts, bounds.gate, knowledge)
    choices = [[way(one, protocol, bounds, most, knowledge) for one in ways(bundle)] for bundle in answer.bundles]
    made = [each for choice in choices for each in choice]
    offered = tuple(each for each in dict.fromkeys(made) if each.orders)
    withheld = tuple(dict.fromkeys(text for each in made if not each.orders for text in each.withheld))
    after = _after(answer.then, protocol, bounds, most, knowledge)
    lost = sum(not any(each.orders for each in choice) for choice in choices)
    return Drafted(offered, after if offered else Way(()), withheld, lost)


def _after(then: tuple[Order, ...], protocol: Protocol, bounds: Bounds, most: Ceilings, knowledge: Knowledge) -> Way:
    """What comes after: of a choice that is left, the lowest."""
    return way(ways(then)[0], protocol, bounds, most, knowledge) if then else Way(())
