"""Which magnesium may be offered: the dose tables behind the renal gates, stops and formulary."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby

from cards.chart import Chart, once
from cards.judgements import allergies, assess, given, hard_stops
from cards.loading import Knowledge
from cards.loading.ceilings import bags_of, fewer
from cards.loading.dose_tables import IvStep
from cards.loading.words import Words
from cards.model import DoseStep, DraftMedication, DraftTest, Setting, Suggestion
from cards.plan import lists, oral_doses, partners, shipped, site_protocol
from cards.units import shown

_PIECES = frozenset({"tablet", "sachet"})  # units of a dose that are no amount


def intravenous(situation: str, chart: Chart, emergency: str | None = None) -> DraftMedication | None:
    """The IV order of a situation or a shipped row; None where a gate or stop forbids it or the place is not known."""
    unplaced = emergency is None and chart.setting is Setting.UNKNOWN
    return None if unplaced else intravenous_anywhere(situation, chart, emergency)


def intravenous_anywhere(situation: str, chart: Chart, emergency: str | None = None) -> DraftMedication | None:
    """The same, wherever the patient is."""
    if chart.is_adult is not True or hard_stops.iv_is_forbidden(chart, emergency):
        return None
    if emergency is None and _is_unsure(chart):
        return None
    if given.iv_magnesium_in_progress(chart):
        return None
    gate = chart.renal.gate.in_emergency if emergency else chart.renal.gate
    steps = chart.knowledge.doses.iv[situation].get(gate, ())
    if emergency is None and given.iv_magnesium_ended(chart):
        steps = tuple(fewer(steps, given.room(chart), bags_of(chart.knowledge.products)))
    if not steps:
        return None
    return replace(_iv_order(steps, chart.knowledge.words), pieces=(f"dose:iv.{situation}.{gate.name}",))


def emergency_text(situation: str, chart: Chart) -> str:
    """The dose of an emergency in words, as the kidneys allow it; "" where none is given."""
    steps = chart.knowledge.doses.iv[situation].get(chart.renal.gate.in_emergency, ())
    return dose_text(_iv_order(steps, chart.knowledge.words)) if steps else ""


def _is_unsure(chart: Chart) -> bool:
    """The problem list or medicines not all known, IV magnesium or parenteral nutrition that holds a dose."""
    return lists.are_unsure(chart) or given.holds_dose(chart) or given.nutrition_holds_dose(chart)


@lru_cache(maxsize=256)
def _iv_order(steps: tuple[IvStep, ...], words: Words) -> DraftMedication:
    return DraftMedication(f"iv_{shown(min(s.grams for s in steps))}g", tuple(_iv_step(s, words) for s in steps))


def _iv_step(step: IvStep, words: Words) -> DoseStep:
    rate, is_short = step.grams_per_hour, step.minutes < 60
    hours = shown(step.minutes / 60, 1)
    time = words.say("dose.minutes", minutes=step.minutes) if is_short else words.say("dose.hours", hours=hours)
    text = words.say("dose.iv", grams=shown(step.grams, 1), time=time)
    text += "" if is_short else words.say("dose.rate", rate=shown(rate, 1))
    return DoseStep(text, step.grams, "g", minutes=step.minutes, grams_per_hour=rate)


@lru_cache(maxsize=256)
def alternative(name: str, knowledge: Knowledge) -> DraftMedication:
    """A safer drug at its starting dose."""
    told = knowledge.doses.alternatives[name]
    step = DoseStep(told.text, told.quantity, told.unit, told.per_day)
    return DraftMedication(told.product, (step,), told.days, pieces=(f"dose:alternatives.{name}",))


def potassium_sparing_is_safe(chart: Chart) -> bool:
    """Potassium known not to be high, kidneys well enough, not pregnant, none taken or ordered yet."""
    return not partners.why_no_potassium_sparing(chart)


def sparing_offered(on_diuretic: bool, chart: Chart) -> tuple[Suggestion, ...]:
    """The button that adds a potassium-sparing drug to a diuretic, where one is safe."""
    if not on_diuretic or not potassium_sparing_is_safe(chart) or allergies.to_alternative("spironolactone", chart):
        return ()
    offers = (alternative("spironolactone", chart.knowledge), DraftTest("potassium", "after_diuretic"))
    return (Suggestion("sparing", offers),)


@dataclass(frozen=True, slots=True)
class Plan:
    """What may be offered for a low result: an IV order, an oral order, neither; IV comes first.

    `course`: the hospital's own protocol, whose orders stand in place of ours and are told by a rule of their own.
    """

    iv: DraftMedication | None = None
    oral: DraftMedication | None = None
    course: site_protocol.Course | None = None

    @property
    def title(self) -> str:
        """Which summary fits: iv, oral, none, or protocol."""
        if self.course:
            return "protocol" if self.course.choices else "none"
        return "iv" if self.iv else "oral" if self.oral else "none"

    @property
    def order(self) -> DraftMedication | None:
        """The one order that may be offered."""
        return self.iv or self.oral


def spoken(orders: Iterable[DraftMedication], knowledge: Knowledge, key: str = "dose") -> str:
    """Some orders that follow each other, in full; with "dose_short" as a button calls them. A drug is named once."""
    then = knowledge.words.say("dose.next")
    named = groupby(orders, key=lambda order: short_name(order, knowledge))
    return then.join(f"{name} {then.join(dose_values(order)[key] for order in same)}" for name, same in named)


def short_name(order: DraftMedication, knowledge: Knowledge) -> str:
    """The drug as it is spoken of; with its strength where the dose counts pieces, which say nothing without."""
    product, unit = knowledge.products[order.product], order.steps[0].unit
    if not product.salt or not product.display.lower().startswith("magnesium"):
        return product.display
    if unit not in _PIECES or unit not in order.steps[0].text:
        return f"Magnesium {product.salt}"
    return f"{product.display.partition(' (')[0].partition(',')[0].removesuffix(f' {unit}')},"


def action(chosen: Plan) -> tuple[str, ...]:
    """The line that names the dose; none where the hospital's protocol does."""
    return () if chosen.course else (f"do_{chosen.title}",)


def offered(chosen: Plan, **more: str) -> tuple[Suggestion, ...]:
    """The button of a plan, with what else its label tells; none where no dose may be offered."""
    if chosen.order is None or chosen.course:
        return ()
    values = {**dose_values(chosen.order), **more}
    return (Suggestion(chosen.title, (chosen.order,), recommended=True, values=values),)


@once
def plan(chart: Chart) -> Plan:
    """The route and dose for the low result (clinical rule s.2.4), empty where a dose must not be offered."""
    if course := site_protocol.course(chart):
        return Plan(course.iv, course.oral, course)
    if chart.low is None or not assess.dose_may_be_offered(chart):
        return Plan()
    band = assess.dose_band(chart.low, chart)
    if band is None:
        return Plan()
    row = shipped.infusion(band, chart)
    iv = intravenous(row, chart) if row else None
    no_tablets = iv is not None or shipped.is_no_band_for_tablets(band, chart)
    return Plan(iv, None if no_tablets else oral_doses.oral(shipped.tablets(band, chart), chart))


def dose_values(order: DraftMedication | None) -> dict[str, str]:
    """The dose for the detail, and shorter for a button."""
    if order is None:
        return {}
    return {"dose": dose_text(order), "dose_short": ", then ".join(s.short or s.text for s in order.steps)}


def dose_text(order: DraftMedication) -> str:
    """All steps of an order in one phrase."""
    return ", then ".join(step.text for step in order.steps)
