"""What the hospital's own protocol orders for a low result, within our stops: the doses that are offered then."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from cards.chart import Chart, once
from cards.judgements import assess, given
from cards.loading.protocol.rechecks import recheck_id
from cards.model import DoseStep, DraftMedication, RenalGate
from cards.model.protocol import Protocol
from cards.model.protocol_answer import Answer
from cards.plan import oral_doses, shipped
from cards.plan.protocol_draft import draft
from cards.plan.protocol_facts import bounds, facts
from cards.protocol import engine
from cards.protocol.drafting import Drafted, drafted
from cards.protocol.stops import Bounds, Way


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
        made = draft(order, protocol, chart)
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
