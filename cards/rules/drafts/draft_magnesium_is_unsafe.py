"""Is the drafted magnesium unsafe for this patient?"""

from collections.abc import Iterator

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, level_and_orders
from cards.judgements.indication import Reason, is_wanted, reason_of
from cards.judgements.level_and_orders import Stop
from cards.model import Indicator, Medication, Problem, RemoveOrder, Route, Say, Suggestion

NUMBERS = ("limit.upper.default", "obstetric.caution", "obstetric.stop", "band.critical_high")
_INFO, _WARNING, _CRITICAL = Indicator.INFO, Indicator.WARNING, Indicator.CRITICAL
# the emergencies in which a stop yields (hard stops, column yields_in)
_BLOCK_YIELDS = frozenset({"torsades", "eclampsia"})
_MYASTHENIA_YIELDS = frozenset({"torsades"})
_BREATHING_YIELDS = frozenset({"torsades", "eclampsia", "arrhythmia_or_seizure", "asthma"})
_PRESSURE_YIELDS = frozenset({"torsades", "eclampsia"})
_DAYS_A_YEAR = 365.25


@rule(Problem.DRAFT_MAGNESIUM)
def draft_magnesium_is_unsafe(chart: Chart) -> Say | Because:
    """High magnesium, heart block, myasthenia, breathing, pressure, bowel obstruction, age (OS-MGDRAFT, s.2.2)."""
    drafts = tuple(d for d in chart.chosen if d.magnesium)
    found = [(d, s) for d in drafts for s in _stops(d, chart)]
    if not found:
        return because("nothing on record makes this magnesium unsafe, or none is drafted")
    stops = sorted((s for _, s in found), key=lambda s: -s.indicator)
    names = {"drug": ", ".join(dict.fromkeys(d.name for d, _ in found))}
    gone = tuple(
        RemoveOrder(d.reference, d.name) for d in dict.fromkeys(d for d, s in found if s.remove) if d.reference
    )
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
    if not is_wanted(draft):
        yield from _by_gut(draft, chart)
    elif draft.route is Route.INTRAVENOUS:
        yield from _by_illness(reason_of(draft, chart), chart)
    else:
        yield from _by_gut(draft, chart)
    if is_wanted(draft):
        yield from _by_age(draft, chart)


def _by_illness(reason: Reason, chart: Chart) -> Iterator[Stop]:
    """Stops of IV and IM magnesium, and what becomes of them in the emergencies in which they yield."""
    kind = reason.indication.id
    if assess.has_unpaced_heart_block(chart):
        yield Stop(_WARNING, "block_yields") if kind in _BLOCK_YIELDS else Stop(_CRITICAL, "block", True)
    if chart.has("myasthenia"):
        yield Stop(_WARNING, "myasthenia_yields") if kind in _MYASTHENIA_YIELDS else Stop(_CRITICAL, "myasthenia", True)
    if chart.has("respiratory_failure"):
        yield Stop(_INFO if kind in _BREATHING_YIELDS else _WARNING, "breathing")
    if chart.has("hypotension") and kind not in _PRESSURE_YIELDS:
        yield Stop(_WARNING, "pressure")


def _by_gut(draft: Medication, chart: Chart) -> Iterator[Stop]:
    if draft.route is not Route.INTRAVENOUS and chart.has("bowel_obstruction"):
        yield Stop(_WARNING, "obstruction")


def _by_age(draft: Medication, chart: Chart) -> Iterator[Stop]:
    """Below 18 a deficiency is dosed by paediatrics; what has a paediatric or obstetric regimen is judged by that."""
    indication = reason_of(draft, chart).indication
    years = (chart.age_days or 0) / _DAYS_A_YEAR
    young = indication.child == "adult" and not chart.at_least(years, "review.obstetric.age_years")
    if assess.is_child(chart) and (indication.child == "paediatrics" or young):
        yield Stop(_WARNING, "child")
