"""What the hospital's own protocol orders for a low result, within our stops: the doses that are offered then."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from math import isclose
from typing import TypedDict

from cards.chart import Chart, once
from cards.judgements import assess, given
from cards.loading.protocol.orderable import product_id
from cards.loading.protocol.rechecks import recheck_id
from cards.model import DoseStep, DraftMedication, RenalGate
from cards.model.protocol import Answer, Order, Protocol
from cards.plan import oral_doses, shipped
from cards.plan.protocol_facts import bounds, facts
from cards.protocol import engine
from cards.protocol.content import (
    count,
    elemental_a_day,
    elemental_mg,
    elemental_per_piece,
    every_of,
    grams,
    grams_per_hour,
    most_grams_a_day,
    product_of,
)
from cards.protocol.drafting import Drafted, drafted
from cards.protocol.say import dose_text
from cards.protocol.stops import Bounds, Way

_PIECES = frozenset({"tablet", "capsule", "sachet"})
_UNITS = {"meq": "mEq", "ml": "mL"}
_MINUTES_A_DAY = 1440
_NEAR = 0.02
_PREMIX = "premix"


class _Times(TypedDict):
    per_day: int | None
    every: float | None
    count: int | None
    as_needed: bool
    after: float


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to follow the row: the orders of one button, and what the paper has otherwise."""

    orders: tuple[DraftMedication, ...]
    way: Way


@dataclass(frozen=True, slots=True)
class Course:
    """What the hospital's protocol says of this patient, and what of it may be offered, the preferred first.

    `instead`: shipped tablets, where a stop of ours withholds the infusion.
    """

    protocol: Protocol
    answer: Answer
    drafted: Drafted
    choices: tuple[Choice, ...] = ()
    remarks: tuple[str, ...] = ()
    instead: DraftMedication | None = None

    @property
    def iv(self) -> DraftMedication | None:
        """The infusion of the preferred way."""
        return next((o for c in self.choices[:1] for o in c.orders if any(s.minutes for s in o.steps)), None)

    @property
    def oral(self) -> DraftMedication | None:
        """The order by mouth of the preferred way, or in place of it."""
        first = (o for c in self.choices[:1] for o in c.orders if not any(s.minutes for s in o.steps))
        return next(first, self.instead)

    @property
    def all_orders(self) -> tuple[DraftMedication, ...]:
        """Every order of every way, or in place of them."""
        return (*(order for c in self.choices for order in c.orders), *((self.instead,) if self.instead else ()))


@once
def course(chart: Chart) -> Course | None:
    """The protocol that is for this patient, asked; None where the shipped doses hold.

    Emergencies and obstetrics are no matter of a protocol; above the lower limit only a signed one speaks.
    """
    told = _asked(chart)
    found = next(((p, a) for p, a in told if a.applies), None)
    if found is None:
        found = next(((p, a) for p, a in told if p.otherwise == "silent"), None)
    if found is None or (chart.low is None and not (found[0].is_signed and found[1].bundles)):
        return None
    return _course(*found, chart)


@once
def _asked(chart: Chart) -> tuple[tuple[Protocol, Answer], ...]:
    """What each protocol says, where the patient is a matter of theirs."""
    if not chart.knowledge.protocols or not _is_its_matter(chart):
        return ()
    return tuple((protocol, engine.ask(protocol, facts(chart))) for protocol in chart.knowledge.protocols)


def not_for(chart: Chart) -> tuple[Protocol, Answer] | None:
    """The first protocol, where the patient is a matter of one and none is for him."""
    told = _asked(chart) if chart.low is not None and course(chart) is None else ()
    return told[0] if told else None


def _is_its_matter(chart: Chart) -> bool:
    m = chart.current
    if m is None or chart.is_adult is not True or assess.emergency(chart) or chart.has("obstetric"):
        return False
    if chart.low is not None:
        return assess.dose_may_be_offered(chart)
    return m.plausible and bool(chart.is_fresh) and bool(chart.below(m.x, "limit.protocol_treats_below"))


def _course(protocol: Protocol, answer: Answer, chart: Chart) -> Course:
    limits = bounds(chart)
    if _is_followed(answer, chart) and answer.one_of:
        limits = replace(limits, against={"": chart.knowledge.words.say("protocol.taken")})
    made = drafted(answer, protocol, facts(chart), limits, chart.knowledge)
    choices = tuple(Choice(tuple(_in_turn(w, made.then, protocol, chart)), w) for w in made.offered)
    instead = _instead(answer, limits, chart) if not made.offered else None
    return Course(protocol, answer, made, choices, tuple(_remarks(protocol, answer, choices, chart)), instead)


def _instead(answer: Answer, limits: Bounds, chart: Chart) -> DraftMedication | None:
    """Tablets as shipped where a stop of ours forbids the infusions of a row: oral stays possible (s.2.2).

    An infusion that is above a ceiling is for the prescriber to make smaller.
    """
    asked = {order.route for bundle in answer.bundles for order in bundle}
    if asked != {"iv"} or "iv" not in limits.against or "" in limits.against or chart.low is None:
        return None
    band = assess.dose_band(chart.low, chart)
    if band is None or shipped.is_no_band_for_tablets(band, chart):
        return None
    return oral_doses.oral(shipped.tablets(band, chart), chart)


def _is_followed(answer: Answer, chart: Chart) -> bool:
    """Whether magnesium by mouth was begun after this result, as one way of the row has it."""
    return any(o.route == "oral" for b in answer.bundles for o in b) and given.oral_magnesium_is_new(chart)


def _remarks(protocol: Protocol, answer: Answer, choices: tuple[Choice, ...], chart: Chart) -> Iterator[str]:
    """What the row says besides; with an infusion how much of it a volume may hold, as the protocol limits it."""
    yield from answer.row.remarks if answer.row else ()
    infused = any(order.route == "iv" for choice in choices for order in choice.way.orders)
    told = (one for one in protocol.limits if one.concentration and infused)
    limits = next((one for one in told if all(engine.holds(c, facts(chart), protocol) for c in one.when)), None)
    if limits:
        yield chart.knowledge.words.say("protocol.concentration", limit=limits.concentration)


def _in_turn(chosen: Way, then: Way, protocol: Protocol, chart: Chart) -> Iterator[DraftMedication]:
    """The orders of a way, and what comes after: of several infusions without days one begins when another ends."""
    ends = 0.0
    for order in (*chosen.orders, *then.orders):
        made = _draft(order, protocol, chart)
        if order.route == "iv" and not order.days:
            made = replace(made, steps=tuple(_later(step, ends, chart) for step in made.steps))
            ends = max(step.ends_after for step in made.steps)
        yield made


def _later(step: DoseStep, after: float, chart: Chart) -> DoseStep:
    """A step that begins when what is given before it has ended, so many minutes from the begin."""
    text = chart.knowledge.words.say("protocol.in_turn", dose=step.text) if after else step.text
    return replace(step, text=text, after=after)


def recheck(chosen: Course, chart: Chart) -> str | None:
    """When to measure again, an id of the windows; None where the protocol names no time."""
    if any(choice.way.first_only for choice in chosen.choices):
        return _after_first(chart)
    route = "iv" if chosen.iv else "oral"
    if not chosen.choices and chosen.answer.bundles and not _is_followed(chosen.answer, chart):
        return None
    told = chosen.answer.recheck.get(route) or chosen.answer.recheck.get("")
    return recheck_id(told) if told and recheck_id(told) in chart.knowledge.windows else None


def recheck_of_running(chart: Chart) -> str | None:
    """When to measure after an infusion that runs or is ordered, as the row of this level has it; None without one."""
    answers = ((protocol, engine.ask(protocol, facts(chart))) for protocol in chart.knowledge.protocols)
    found = next(((protocol, a) for protocol, a in answers if a.applies and a.row), None)
    if found is None:
        return None
    protocol, answer = found
    would_be = drafted(answer, protocol, facts(chart), Bounds(chart.renal.gate), chart.knowledge)
    if any(way.first_only for way in would_be.offered):
        return _after_first(chart)
    told = answer.recheck.get("iv") or answer.recheck.get("")
    return recheck_id(told) if told and recheck_id(told) in chart.knowledge.windows else None


def _after_first(chart: Chart) -> str:
    return "after_iv_r2" if chart.renal.gate is RenalGate.R2 else "after_iv"


# -- orders -----------------------------------------------------------------------------------------------------------
def _draft(order: Order, protocol: Protocol, chart: Chart) -> DraftMedication:
    if order.route == "iv":
        return DraftMedication(_bag(order, chart), (_iv_step(order, chart),))
    days = int(order.lasts.high // _MINUTES_A_DAY) or None if order.lasts else None
    product = product_of(order, chart.knowledge)
    listed = product.id if product else product_id(order)
    elemental = elemental_a_day(order, protocol, chart.knowledge)
    return DraftMedication(listed, (_oral_step(order, protocol, chart),), days, elemental)


def _bag(order: Order, chart: Chart) -> str:
    """The largest premixed bag of which whole ones make up the dose; by name where another fluid is told."""
    dose = grams(order, chart.knowledge) or 0.0
    if order.diluent and _PREMIX not in order.diluent.lower():
        return "iv_vial"
    bags = sorted((p.grams, p.id) for p in chart.knowledge.products.values() if p.grams)
    whole = [name for size, name in bags if dose >= size and isclose(dose / size, round(dose / size), abs_tol=1e-6)]
    return whole[-1] if whole else "iv_vial"


def _iv_step(order: Order, chart: Chart) -> DoseStep:
    dose, rate = grams(order, chart.knowledge) or 0.0, grams_per_hour(order, chart.knowledge)
    minutes = round(order.over.high) if order.over else round(dose * 60 / rate) if rate else None
    return DoseStep(
        dose_text(order, None if order.amount.unit.startswith("g ") else dose),
        round(dose, 2),
        "g",
        minutes=minutes,
        grams_per_hour=rate,
        short=dose_text(replace(order, diluent="", remarks=()), None if order.amount.unit.startswith("g ") else dose),
        most_a_day=round(most, 2) if (most := most_grams_a_day(order, chart.knowledge)) else None,
        **_times(order, minutes),
    )


def _times(order: Order, minutes: float | None = None) -> _Times:
    """How often and how many, as a step of a draft holds it; several doses without a time between begin as one ends."""
    every, doses = every_of(order), count(order)
    in_a_row = minutes if doses and doses > 1 and not (order.per_day or order.as_needed or order.days) else None
    return {
        "per_day": round(order.per_day.high) if order.per_day else None,
        "every": every.high if every else in_a_row,
        "count": doses,
        "as_needed": order.as_needed,
        "after": (order.days.low - 1) * _MINUTES_A_DAY if order.days else 0.0,
    }


def _oral_step(order: Order, protocol: Protocol, chart: Chart) -> DoseStep:
    quantity, unit = _pieces(order, protocol, chart)
    total = elemental_a_day(order, protocol, chart.knowledge)
    told = dose_text(replace(order, remarks=()))
    return DoseStep(
        chart.knowledge.words.say("protocol.oral", dose=", ".join((told, *order.remarks)), total=total or 0.0),
        quantity,
        unit,
        short=told,
        **_times(replace(order, lasts=None)),
    )


def _pieces(order: Order, protocol: Protocol, chart: Chart) -> tuple[float, str]:
    """The dose in tablets or sachets where whole or half ones make it up, else in the unit of the protocol."""
    amount, product = order.pieces or order.amount, product_of(order, chart.knowledge)
    if amount.unit in _PIECES:
        return amount.range.high, amount.unit
    piece = elemental_per_piece(order, protocol, chart.knowledge)
    dose = elemental_mg(order, protocol, chart.knowledge)
    if piece and dose:
        halves = round(dose / piece * 2)
        if halves and abs(dose / piece * 2 - halves) <= _NEAR * halves:
            own = protocol.products.get(order.product)
            return halves / 2, own.unit if own else _unit_of(product.id if product else "", chart)
    unit = amount.unit.split(" ")[0]
    return amount.range.high, _UNITS.get(unit, unit)


def _unit_of(product: str, chart: Chart) -> str:
    salt = chart.knowledge.doses.salts.get(product)
    return salt.unit if salt and salt.unit != "mg" else "tablet"
