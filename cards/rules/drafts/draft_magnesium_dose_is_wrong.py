"""Is the drafted magnesium too much or too fast for what it is for?"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cards.ask import rule
from cards.chart import Because, Chart, because
from cards.judgements import assess, level_and_orders, obstetric_bag, order_measures
from cards.judgements.indication import Reason, is_wanted, reason_of
from cards.loading.indications import Indication, Limit
from cards.model import DAYS_A_YEAR, Indicator, MagnesiumKind, Medication, Problem, Route, Say, Suggestion, removals
from cards.plan import doses, own_orders, usual_doses
from cards.units import shown

Drafts = tuple[Medication, ...]


@dataclass(frozen=True, slots=True)
class Crossed:
    """A limit that is crossed: how grave, the line, the value of the order and the limit; `usual`, the mildest such."""

    indicator: Indicator
    say: str
    value: float | None = None
    limit: float = 0.0
    usual: float = 0.0


# one thing told graver is not told again
_TOLD_BY = {"load_uk": {"load_quick", "load_fast"}, "load_quick": {"load_fast"}}


@rule(Problem.DRAFT_MAGNESIUM, in_comfort=True)
def draft_magnesium_dose_is_wrong(chart: Chart) -> Say | Because:
    """Above the limits of its indication (s.2.7); with what was given, runs and is drafted."""
    drafts = tuple(d for d in chart.chosen if is_wanted(d) and d.route is Route.INTRAVENOUS)
    drafts = tuple(d for d in drafts if not (level_and_orders.refuses(d, chart) or _waits(d, chart)))
    if not drafts:
        return because("no chosen draft of IV magnesium that may be given at all")
    if own_orders.is_of_protocol(drafts, chart):
        return because("as the hospital's own protocol orders it")
    group, reason = _first_wrong(drafts, chart)
    crossed = _gravest(_all(group, reason, chart))
    if not crossed:
        return because(f"within the limits of {reason.indication.name}")
    indicator, wider = _softened(crossed, group, reason, chart)
    return Say(
        indicator,
        (*(c.say for c in crossed), *(("wider",) if wider else ())),
        title=crossed[0].say,
        values=_values(crossed, group, reason, chart),
        suggestions=_suggestions(indicator, crossed, group, reason, chart),
    )


def _waits(draft: Medication, chart: Chart) -> bool:
    return obstetric_bag.waits_for_a_rate(draft, chart)


def _first_wrong(drafts: Drafts, chart: Chart) -> tuple[Drafts, Reason]:
    """Drafts of one reason are judged together; of several reasons the one with the gravest fault."""
    groups: dict[str, list[Medication]] = {}
    for draft in drafts:
        groups.setdefault(reason_of(draft, chart).indication.id, []).append(draft)
    found = [(tuple(group), reason_of(group[0], chart)) for group in groups.values()]
    return max(found, key=lambda g: max((c.indicator for c in _all(g[0], g[1], chart)), default=-1))


def _all(drafts: Drafts, reason: Reason, chart: Chart) -> list[Crossed]:
    found = [*_bag(drafts, reason, chart), *_limits(drafts, reason.indication, reason.pulseless, chart)]
    if reason.indication.always:
        found.append(Crossed(Indicator.INFO, reason.indication.always))
    if reason.indication.obstetric and chart.below(chart.weight, "review.obstetric.weight"):
        found.append(Crossed(Indicator.INFO, "light", chart.weight, chart.numbers["review.obstetric.weight"]))
    if reason.indication.id == "neuroprotection" and chart.above(chart.weeks, "review.neuroprotection.weeks"):
        found.append(Crossed(Indicator.INFO, "weeks", chart.weeks, chart.numbers["review.neuroprotection.weeks"]))
    if assess.is_child(chart) and reason.indication.child != "adult":
        found = [c for c in found if c.indicator is Indicator.CRITICAL] + list(_child(drafts, reason, chart))
    return [*found, *_concentrated(drafts, chart)]


def _concentrated(drafts: Drafts, chart: Chart) -> Iterator[Crossed]:
    """More than 20 % as it is given, whatever it is for; the strength of a vial is none."""
    told, limit = order_measures.concentration(drafts), "review.concentration"
    if chart.above(told, limit):
        yield Crossed(Indicator.WARNING, "concentrated", told, chart.numbers[limit])


def _limits(drafts: Drafts, indication: Indication, pulseless: bool, chart: Chart) -> Iterator[Crossed]:
    for limit in indication.limits:
        if pulseless and limit.say in ("push", "too_fast"):
            continue
        value = order_measures.measure(limit.measure, drafts, chart)
        if _is_crossed(limit, value, chart):
            yield Crossed(
                limit.indicator, limit.say, value, chart.numbers[limit.number], _usual(limit, indication, chart)
            )


def _usual(limit: Limit, indication: Indication, chart: Chart) -> float:
    """What the mildest limit of that measure allows: beyond the gravest nobody is to read that it is the most."""
    same = (each for each in indication.limits if (each.measure, each.say) == (limit.measure, limit.say))
    return min(chart.numbers[each.number] for each in same)


def _is_crossed(limit: Limit, value: float | None, chart: Chart) -> bool:
    compare = {"above": chart.above, "below": chart.below, "at_least": chart.at_least}
    return bool(compare[limit.relation](value, limit.number))


def _bag(drafts: Drafts, reason: Reason, chart: Chart) -> Iterator[Crossed]:
    for draft in drafts:
        found = obstetric_bag.fault(draft, reason.indication.obstetric, chart)
        if found and not _is_large_by_intent(draft, reason):
            yield Crossed(*found)


def _is_large_by_intent(draft: Medication, reason: Reason) -> bool:
    """Tetanus takes as much a day; what is no obstetric bag is then none (s.2.7, another stated reason)."""
    order = draft.magnesium
    return reason.indication.id == "tetanus" and order is not None and order.kind is not MagnesiumKind.OBSTETRIC


def _child(drafts: Drafts, reason: Reason, chart: Chart) -> Iterator[Crossed]:
    """More than 2 g, or than the dose for the weight where that is known (mg/kg)."""
    dose = max((step.grams for step in order_measures.steps(drafts) if step.grams is not None), default=0.0)
    per_kg = "review.child.per_kg"
    most = chart.numbers["review.child.grams"]
    if chart.weight:
        limit = f"{per_kg}.asthma" if reason.indication.id == "asthma" else per_kg
        most = min(most, chart.weight * chart.numbers[limit] / 1000)
    if round(dose, 2) > round(most, 2):
        yield Crossed(Indicator.CRITICAL, "child_much", dose, most)
    years = (chart.age_days or 0) / DAYS_A_YEAR
    if reason.indication.id == "asthma" and chart.below(years, "review.asthma.age_years"):
        yield Crossed(Indicator.WARNING, "child_young", years, chart.numbers["review.asthma.age_years"])


def _gravest(found: list[Crossed]) -> tuple[Crossed, ...]:
    """The gravest first, each line once."""
    first: dict[str, Crossed] = {}
    for crossed in sorted(found, key=lambda c: -c.indicator):
        first.setdefault(crossed.say, crossed)
    return tuple(crossed for say, crossed in first.items() if not _TOLD_BY.get(say, set()) & first.keys())


def _softened(crossed: tuple[Crossed, ...], drafts: Drafts, reason: Reason, chart: Chart) -> tuple[Indicator, bool]:
    """A wider reason on the chart turns critical into warning, unless it is critical for that too."""
    gravest = crossed[0].indicator
    if reason.wider is None or gravest is not Indicator.CRITICAL:
        return gravest, False
    anyway = any(c.indicator is Indicator.CRITICAL for c in _limits(drafts, reason.wider, reason.pulseless, chart))
    return (gravest, False) if anyway else (Indicator.WARNING, True)


def _values(crossed: tuple[Crossed, ...], drafts: Drafts, reason: Reason, chart: Chart) -> Mapping[str, str]:
    """What the lines name: each its own value and limit, to one decimal."""
    found = {f"{c.say}_value": shown(c.value or 0.0, 1) for c in crossed}
    found |= {f"{c.say}_limit": shown(c.limit, 1) for c in crossed}
    found |= {f"{c.say}_usual": shown(c.usual, 1) for c in crossed}
    wider = reason.wider.name if reason.wider else ""
    return {**found, "drafted": _named(drafts, chart), "reason": reason.indication.name, "wider": wider}


def _named(drafts: tuple[Medication, ...], chart: Chart) -> str:
    names = ", ".join(dict.fromkeys(d.name for d in drafts))
    key = "drafts.several" if len(drafts) > 1 else "drafts.one"
    return chart.knowledge.words.say(key, names=names, count=len(drafts))


def _suggestions(
    indicator: Indicator, crossed: tuple[Crossed, ...], drafts: Drafts, reason: Reason, chart: Chart
) -> tuple[Suggestion, ...]:
    """The usual order in place of the drafts; where none is right, and it is critical, their removal."""
    gone = removals(drafts)
    if indicator is Indicator.INFO or not gone:
        return ()
    order = usual_doses.instead(reason.indication, chart)
    if order:
        return (Suggestion("replace", (order, *gone), recommended=True, values=doses.dose_values(order)),)
    if indicator is not Indicator.CRITICAL:
        return ()
    return (Suggestion("remove", gone, recommended=True, values={"drug": _named(drafts, chart)}),)
