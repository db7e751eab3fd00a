"""Is the drafted magnesium unsafe for this patient?"""

from collections.abc import Iterator

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.chart.magnesium_orders import NOT_TOLD
from cards.judgements import allergies, assess, hard_stops, kidneys_and_orders, level_and_orders
from cards.judgements.indication import is_wanted, reason_of
from cards.judgements.level_and_orders import Stop
from cards.model import (
    DAYS_A_YEAR,
    Allergy,
    Indicator,
    MagnesiumKind,
    Medication,
    Problem,
    Route,
    Say,
    Suggestion,
    removals,
)
from cards.plan import own_orders

_MIXED_IN = frozenset({MagnesiumKind.NUTRITION, MagnesiumKind.DIALYSATE})


@rule(Problem.DRAFT_MAGNESIUM, in_comfort=True)
def draft_magnesium_is_unsafe(chart: Chart) -> Say | Because:
    """High magnesium, heart block, myasthenia, breathing, pressure, bowel obstruction, age (OS-MGDRAFT, s.2.2)."""
    drafts = tuple(d for d in chart.chosen if d.magnesium or d.is_fluid)
    found = [(d, s) for d in drafts for s in _stops(d, chart)]
    if not found:
        return because("nothing on record makes this magnesium unsafe, or none is drafted")
    stops = sorted((s for _, s in found), key=lambda s: -s.indicator)
    against = (allergy for draft in drafts for allergy in _on_allergy_list(draft, chart))
    names = {"drug": ", ".join(dict.fromkeys(d.name for d, _ in found)), "allergy": allergies.told(against, chart)}
    gone = removals(dict.fromkeys(d for d, s in found if s.remove))
    return Say(
        stops[0].indicator,
        tuple(dict.fromkeys(s.say for s in stops)),
        title=stops[0].say,
        values=names,
        suggestions=(Suggestion("remove", gone, recommended=True, values=names),) if gone else (),
    )


def _stops(draft: Medication, chart: Chart) -> Iterator[Stop]:
    high = level_and_orders.stop(draft, chart)
    if high:
        yield high
    if draft.is_fluid:
        return
    yield from _by_allergy(draft, chart)
    if not is_wanted(draft):
        yield from _by_gut(draft, chart)
    elif draft.route is Route.INTRAVENOUS:
        yield from _by_illness(draft, chart)
    else:
        yield from _by_gut(draft, chart)
    if is_wanted(draft):
        yield from _by_age(draft, chart)


def _by_illness(draft: Medication, chart: Chart) -> Iterator[Stop]:
    """Stops of IV and IM magnesium (hard_stops.yaml), and what becomes of them for reasons to which they yield.

    What only informs was told beside an order of our own.
    """
    reason = reason_of(draft, chart)
    for stop in chart.knowledge.hard_stops.values():
        indicator, line = stop.as_reviewed(reason.indication.id)
        if indicator is Indicator.INFO and own_orders.is_own(draft, chart):
            continue
        if indicator is not None and not (stop.renal or stop.caution or stop.allergy) and hard_stops.stops(stop, chart):
            yield Stop(indicator, line, indicator is Indicator.CRITICAL)


def _by_allergy(draft: Medication, chart: Chart) -> Iterator[Stop]:
    """Any salt that is recorded; where the stop yields, an order of our own was told of beside the offer."""
    found, stop = _on_allergy_list(draft, chart), chart.knowledge.hard_stops["salt_allergy"]
    if not all(allergy.only_gut for allergy in found):
        reason = reason_of(draft, chart).indication.id
        indicator, line = stop.as_reviewed(reason)
        if indicator and (stop.removes_draft(reason) or not own_orders.is_own(draft, chart)):
            yield Stop(indicator, line, stop.removes_draft(reason))
    elif found and draft.route is not Route.INTRAVENOUS:
        yield Stop(Indicator.INFO, "only_gut")


def _on_allergy_list(draft: Medication, chart: Chart) -> tuple[Allergy, ...]:
    order = draft.magnesium
    if order is None or order.kind in _MIXED_IN:
        return ()
    return allergies.to_salt("" if order.salt == NOT_TOLD else order.salt, chart)


def _by_gut(draft: Medication, chart: Chart) -> Iterator[Stop]:
    if draft.route is not Route.INTRAVENOUS and chart.has("bowel_obstruction"):
        contraindicated = not is_wanted(draft) and kidneys_and_orders.is_picosulfate(draft, chart)
        yield Stop(Indicator.CRITICAL if contraindicated else Indicator.WARNING, "obstruction", contraindicated)


def _by_age(draft: Medication, chart: Chart) -> Iterator[Stop]:
    """Below 18 a deficiency is dosed by paediatrics; what has a paediatric or obstetric regimen is judged by that."""
    indication = reason_of(draft, chart).indication
    years = (chart.age_days or 0) / DAYS_A_YEAR
    young = indication.child == "adult" and not chart.at_least(years, "review.obstetric.age_years")
    if assess.is_child(chart) and (indication.child == "paediatrics" or young):
        yield Stop(Indicator.WARNING, "child")
