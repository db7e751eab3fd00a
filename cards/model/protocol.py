"""A hospital's protocol as data: whom it is for, its rows and orders; and what a patient is to a protocol."""

from collections.abc import Mapping
from dataclasses import dataclass, field

INF = float("inf")


@dataclass(frozen=True, slots=True)
class Range:
    """From one number to another, both counting; of one number both are that."""

    low: float
    high: float

    @property
    def is_open(self) -> bool:
        """Whether somebody must still choose inside it."""
        return self.low != self.high

    def holds(self, other: "Range", slack: float = 1e-6) -> bool:
        """Whether all of another range lies in it, but for a slack."""
        return self.low - slack <= other.low and other.high <= self.high + slack

    def times(self, factor: float) -> "Range":
        """Both ends, multiplied."""
        return Range(self.low * factor, self.high * factor)


@dataclass(frozen=True, slots=True)
class Level:
    """Which values a row is for, in the protocol's unit.

    `band`: the service's own name of them ("severe"), which counts where the patient's level is known by name.
    """

    low: float = 0.0
    high: float = INF
    with_low: bool = True
    with_high: bool = True
    text: str = "any"
    band: str = ""

    def holds(self, value: float) -> bool:
        """Whether a value, rounded as the laboratory prints it, is one of them."""
        above = value >= self.low if self.with_low else value > self.low
        return above and (value <= self.high if self.with_high else value < self.high)


@dataclass(frozen=True, slots=True)
class Amount:
    """How much: a range in a unit of the language ("g", "mmol", "mg salt", "tablet", "mmol/kg", ...)."""

    range: Range
    unit: str


@dataclass(frozen=True, slots=True)
class Order:
    """One sentence of a protocol: product, amount and route, and how it is given. Times are in minutes.

    `day_total`: the amount is that of 24 hours. `rate`: g/h. `cap`: the most of a dose by weight.
    `most_doses`, `most_a_day`: how much may be given as needed, all told in `at_most`.
    `per_kg`: the amount by weight that a dose was worked out of.
    `pieces`: the tablets or sachets that make the dose up, where the sentence says so.
    `remarks`: what is told and not computed.
    """

    product: str
    salt: str
    amount: Amount
    route: str
    over: Range | None = None
    every: Range | None = None
    doses: Range | None = None
    per_day: Range | None = None
    lasts: Range | None = None
    rate: Range | None = None
    until: str = ""
    as_needed: bool = False
    push: bool = False
    day_total: bool = False
    days: Range | None = None
    at_most: str = ""
    cap: Amount | None = None
    most_doses: float | None = None
    most_a_day: Amount | None = None
    total: Amount | None = None
    pieces: Amount | None = None
    per_kg: Amount | None = None
    diluent: str = ""
    remarks: tuple[str, ...] = ()
    text: str = ""


@dataclass(frozen=True, slots=True)
class Atom:
    """One question to a patient. `kind`: word, unit, permission, state, number, known; `of`: what is asked about."""

    kind: str
    of: str
    no: bool = False
    state: str = ""
    level: Level | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """Alternatives of atoms that hold together: "a or b and c" holds where a does, or both b and c."""

    either: tuple[tuple[Atom, ...], ...]
    text: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Need:
    """A value that must be known, and how old it may be (h); `otherwise`: the test to be ordered, "" for silence."""

    of: str
    within: float | None = None
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: the first whose level and conditions hold answers. `recheck` is by route, "" for all.

    A row that tells its doses by the state of the kidneys is read as one for each: `at_kidneys` is that state. `like`:
    the row whose orders it repeats.
    """

    name: str
    level: Level
    when: tuple[Condition, ...] = ()
    give: tuple[Order, ...] = ()
    one_of: tuple[Order, ...] = ()
    then: tuple[Order, ...] = ()
    recheck: Mapping[str, str] = field(default_factory=dict)
    tell: tuple[str, ...] = ()
    act: str = ""
    order_test: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()
    at_kidneys: str = ""
    like: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class KidneyRow:
    """What poor kidneys change in an order: its dose (a factor, 0 for none, or an amount), time, count, recheck."""

    when: Condition
    route: str = ""
    factor: float = 1.0
    dose: Amount | None = None
    over: Range | None = None
    over_factor: float = 1.0
    every: Range | None = None
    doses: Range | None = None
    per_day: Range | None = None
    recheck: str = ""
    tell: tuple[str, ...] = ()
    act: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that the protocol itself allows: g/h, g in 24 h, g an order, elemental mg a day; why, and for whom."""

    iv_rate: float | None = None
    iv_24h: float | None = None
    iv_order: float | None = None
    oral_24h: float | None = None
    concentration: str = ""
    because: str = ""
    when: tuple[Condition, ...] = ()
    line: int = 0


@dataclass(frozen=True, slots=True)
class OwnProduct:
    """A product that only this protocol names: its salt, elemental mg of a unit where known, how it is written."""

    id: str
    salt: str
    route: str = "oral"
    unit: str = "tablet"
    elemental_mg: float | None = None
    display: str = ""


@dataclass(frozen=True, slots=True)
class Protocol:
    """One protocol. `unit`, `decimals`: in which levels are compared; `per_mmol`: of it in 1 mmol/L.

    `otherwise`: what is said of those it is not for.
    """

    id: str
    unit: str
    per_mmol: float
    decimals: int
    rows: tuple[Row, ...]
    title: str = ""
    source: Mapping[str, str] = field(default_factory=dict)
    approved: Mapping[str, str] = field(default_factory=dict)
    scope: tuple[Condition, ...] = ()
    otherwise: str = "shipped"
    needs: tuple[Need, ...] = ()
    not_by_route: Mapping[str, tuple[Condition, ...]] = field(default_factory=dict)
    kidneys: tuple[KidneyRow, ...] = ()
    limits: tuple[Limits, ...] = ()
    products: Mapping[str, OwnProduct] = field(default_factory=dict)
    words: Mapping[str, str] = field(default_factory=dict)
    file: str = ""

    @property
    def is_signed(self) -> bool:
        """Whether somebody answers for it."""
        return bool(self.approved)
