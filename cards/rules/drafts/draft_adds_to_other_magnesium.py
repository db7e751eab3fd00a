"""Is magnesium drafted on top of magnesium that is given, runs or is taken?"""

from collections.abc import Iterator
from typing import NamedTuple

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.chart.home_list import is_of_discharge
from cards.judgements import given, indication, level_and_orders, order_measures, other_magnesium
from cards.judgements.indication import is_wanted, reason_of
from cards.model import DraftTest, Indicator, MagnesiumKind, Medication, Problem, RenalGate, Route, Say
from cards.units import shown

Drafts = tuple[Medication, ...]
_INFO, _WARNING, _CRITICAL = Indicator.INFO, Indicator.WARNING, Indicator.CRITICAL
_REDUCED = (RenalGate.R1, RenalGate.R2)
_DAY_LIMITS = {RenalGate.R1: "ceiling.iv_grams_24h.r1", RenalGate.R2: "ceiling.iv_grams_course.r2"}


class Found(NamedTuple):
    """How grave, and which line."""

    indicator: Indicator
    say: str


@rule(Problem.DRAFT_MAGNESIUM)
def draft_adds_to_other_magnesium(chart: Chart) -> Say | Because:
    """The sum of the day and a level since decide, not the count (s.2.7); obstetric orders by s.1.5; oral salts."""
    drafts = tuple(d for d in chart.chosen if is_wanted(d) and not level_and_orders.refuses(d, chart))
    found = sorted((*_intravenous(drafts, chart), *_salts(drafts, chart)), key=lambda f: -f.indicator)
    if not found:
        return because("no magnesium beside the drafts, or as much as is right")
    iv = tuple(d for d in drafts if d.route is Route.INTRAVENOUS)
    return Say(
        found[0].indicator,
        tuple(dict.fromkeys(f.say for f in found)),
        title=found[0].say,
        values={
            "drug": ", ".join(dict.fromkeys(d.name for d in drafts)),
            "grams": shown(order_measures.measure("day", iv, chart) or 0.0, 1),
            "most": shown(chart.numbers[_DAY_LIMITS.get(chart.renal.of_drafts, "review.day")], 1),
            "taken": ", ".join(sorted({m.name for m in given.oral_magnesium(chart)})),  # a long title is cut
        },
        tests=(DraftTest("magnesium", "first"),) if any(f.say == "no_level" for f in found) else (),
    )


def _intravenous(drafts: Drafts, chart: Chart) -> Iterator[Found]:
    iv = tuple(d for d in drafts if d.route is Route.INTRAVENOUS)
    obstetric = tuple(d for d in iv if reason_of(d, chart).indication.obstetric)
    yield from _obstetric(obstetric, chart)
    repletes = tuple(d for d in iv if reason_of(d, chart).indication.kidneys == "deficiency")
    if repletes and other_magnesium.beside(repletes, chart):
        yield from _sum(repletes, chart)


def _sum(drafts: Drafts, chart: Chart) -> Iterator[Found]:
    """Above the day's limit a warning (of all kidneys but R2 with the dose); within it a level is asked for."""
    total, gate = order_measures.measure("day", drafts, chart), chart.renal.of_drafts
    if chart.above(total, _DAY_LIMITS.get(gate, "review.day")):
        if gate is RenalGate.R2:
            yield Found(_WARNING, "sum")
    elif gate is not RenalGate.R3 and given.holds_dose(chart) and not other_magnesium.level_since(drafts, chart):
        yield Found(_INFO, "no_level")


def _obstetric(drafts: Drafts, chart: Chart) -> Iterator[Found]:
    if not drafts:
        return
    rates = order_measures.steady_rates(drafts, chart)
    if len(rates) > 1 and chart.above(sum(rates), "review.obstetric.rate.most"):
        yield Found(_CRITICAL, "two_infusions")
    for draft in drafts:
        yield from _second_obstetric(draft, chart)


def _second_obstetric(draft: Medication, chart: Chart) -> Iterator[Found]:
    """A loading dose on top needs a new seizure; a higher rate needs the first order stopped."""
    if not other_magnesium.beside((draft,), chart):
        return
    load = order_measures.measure("load", (draft,), chart)
    limit = "review.obstetric.second_load"
    if reason_of(draft, chart).indication.id == "eclampsia":
        if chart.above(load, limit):
            yield Found(_WARNING, "large_second_load")
    elif chart.at_least(load, limit):
        yield Found(_WARNING, "second_load")
    steady = order_measures.measure("steady_rate", (draft,), chart)
    runs = other_magnesium.running((draft,), chart)
    if load is None and steady is not None and runs and not level_and_orders.is_next_bag(draft, chart):
        yield Found(_INFO, "stop_first")


def _salts(drafts: Drafts, chart: Chart) -> Iterator[Found]:
    """Two different salts by mouth; the same one again is a renewal, a refill or a new dose."""
    oral = [d for d in drafts if d.route is not Route.INTRAVENOUS]
    grave = _WARNING if chart.renal.of_drafts in _REDUCED else _INFO
    if len({_salt(d) for d in oral}) > 1:
        yield Found(grave, "two_salts")
    if any(_is_second(d, _taken_beside(d, chart), chart) for d in oral):
        yield Found(grave, "second_salt")


def _taken_beside(draft: Medication, chart: Chart) -> list[Medication]:
    """What is taken where the draft will be: tablets of the ward do not go home."""
    goes_home = is_of_discharge(indication.raw(draft, chart))
    listed = chart.active if chart.going_home is None or not goes_home else chart.going_home
    return [m for m in listed if given.is_oral_magnesium(m) and _is_replacement(m)]


def _is_second(draft: Medication, taken: list[Medication], chart: Chart) -> bool:
    prior = other_magnesium.prior(draft, chart)
    others = [m for m in taken if m.reference not in (prior, draft.reference)]
    return bool(others) and not any(_salt(m) == _salt(draft) for m in taken)


def _is_replacement(medication: Medication) -> bool:
    return medication.magnesium is not None and medication.magnesium.kind is MagnesiumKind.REPLACEMENT


def _salt(medication: Medication) -> str:
    return medication.magnesium.salt if medication.magnesium else ""
