"""States of the kidneys for which the orders of a protocol are worked out: spans of eGFR, each with our gate."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cards.loading import Knowledge
from cards.model import RenalGate
from cards.model.protocol import INF, Condition, Protocol
from cards.model.protocol_answer import Facts
from cards.protocol import engine

SAMPLE_KG = 70.0  # of whom doses by weight are worked out for people to read
_ASKED = frozenset({"egfr", "crcl"})
_GATES = (("egfr.r2", RenalGate.R2), ("egfr.r1", RenalGate.R1), ("egfr.r0", RenalGate.R0))


class Kidneys(NamedTuple):
    """A state in which something is drafted, from an eGFR (mL/min/1.73 m2) to below another."""

    gate: RenalGate
    low: float
    below: float | None

    @property
    def facts(self) -> Facts:
        """A patient in the middle of the span, of whom the clearance is the eGFR, with the weight of an adult."""
        egfr = (self.low + (self.below or self.low)) // 2
        return Facts(None, {"egfr": egfr, "crcl": egfr, "weight": SAMPLE_KG}, {"kidneys": self.gate.name})


def kidneys(protocol: Protocol, knowledge: Knowledge) -> list[Kidneys]:
    """From the best down, parted at our gates and where the protocol itself parts them, in whole numbers."""
    gates = [(knowledge.numbers[number], gate) for number, gate in _GATES]
    ends = sorted({*(low for low, _ in gates), *(end for end in _ends(protocol) if end > gates[0][0])})
    found = []
    for low, below in zip(ends, (*ends[1:], None), strict=True):
        found.append(Kidneys(max((g for g in gates if g[0] <= low), key=lambda g: g[0])[1], low, below))
    return found[::-1]


def _ends(protocol: Protocol) -> Iterator[float]:
    """The eGFR or clearance from which on a condition holds, or no longer does."""
    for atom in (a for condition in conditions_of(protocol) for both in condition.either for a in both):
        if atom.of in _ASKED and atom.level:
            yield atom.level.low if atom.level.with_low else atom.level.low // 1 + 1
            if atom.level.high < INF:
                yield atom.level.high // 1 + 1 if atom.level.with_high else atom.level.high


def conditions_of(protocol: Protocol) -> Iterator[Condition]:
    """Every condition of a protocol."""
    yield from protocol.scope
    yield from (condition for row in protocol.rows for condition in row.when)
    yield from (condition for told in protocol.not_by_route.values() for condition in told)
    yield from (row.when for row in protocol.kidneys)


def span(neighbours: Sequence[Kidneys]) -> str:
    """The eGFR of neighbouring states, the best first: "eGFR 15 to below 60"."""
    low, below = neighbours[-1].low, neighbours[0].below
    return f"eGFR {low:g} to below {below:g}" if below else f"eGFR {low:g} or more"


def is_for(protocol: Protocol, facts: Facts) -> bool:
    """Whether the scope, as far as it asks for nothing but numbers that are known here, holds."""
    asked = [c for c in protocol.scope if all(a.of in facts.numbers for both in c.either for a in both)]
    return all(engine.holds(condition, facts, protocol) for condition in asked)
