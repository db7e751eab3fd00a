"""What a protocol is asked about a patient, and what it says."""

from collections.abc import Mapping, Set
from dataclasses import dataclass, field

from cards.model.protocol import Order, Row


@dataclass(frozen=True, slots=True)
class Facts:
    """What a protocol may ask of a patient. Magnesium in mmol/L; numbers by name in the units of the language.

    `states`: calcium low, oral tube, ...; what is in neither is not known. `units`: where he is, with the wider ones.
    """

    magnesium: float | None
    numbers: Mapping[str, float] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=dict)
    units: frozenset[str] = frozenset()
    has: Set[str] = frozenset()
    permissions: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a protocol orders nothing: a phrase of `protocol.why`, what is filled in, and reasons that it lists."""

    phrase: str
    values: Mapping[str, str] = field(default_factory=dict)
    parts: tuple["Reason", ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a protocol says of a patient: the row and its orders, or why there are none.

    `applies`: whether it is for this patient. `one_of`: alternatives beside `give`, the first preferred.
    """

    applies: bool
    row: Row | None = None
    why: Reason | None = None
    give: tuple[Order, ...] = ()
    one_of: tuple[Order, ...] = ()
    then: tuple[Order, ...] = ()
    recheck: Mapping[str, str] = field(default_factory=dict)
    tell: tuple[str, ...] = ()
    act: str = ""
    order_test: tuple[str, ...] = ()

    @property
    def bundles(self) -> tuple[tuple[Order, ...], ...]:
        """Each of the ways to follow it: all that is given, with one of the alternatives."""
        return tuple((*self.give, one) for one in self.one_of) or ((self.give,) if self.give else ())
