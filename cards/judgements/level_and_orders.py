"""What a high level says to a drafted magnesium order (clinical rules s.1.5, 1.6; hard stop "high magnesium")."""

from typing import NamedTuple

from cards.chart import Chart
from cards.judgements import assess, iv_states, order_measures, other_magnesium
from cards.judgements.indication import is_wanted, reason_of
from cards.model import Freshness, Indicator, Magnesium, MagnesiumKind, Medication, RenalGate, Route

_EXCRETING = (RenalGate.R0, RenalGate.R1)


class Stop(NamedTuple):
    """How grave, which line, and whether the draft is to be removed."""

    indicator: Indicator
    say: str
    remove: bool = False


_HIGH = Stop(Indicator.CRITICAL, "high", True)


def stop(draft: Medication, chart: Chart) -> Stop | None:
    """What a level above the upper limit asks for; None when it is not above, or the draft is none of its matter."""
    m, order = chart.current, draft.magnesium
    if m is None or m.x <= m.upper_limit:
        return None
    if draft.is_fluid:
        return _fluid(m, chart)
    if order is None or order.kind is MagnesiumKind.DIALYSATE:
        return None
    wanted_iv = is_wanted(draft) and draft.route is Route.INTRAVENOUS
    if wanted_iv and reason_of(draft, chart).indication.obstetric:
        return _obstetric(draft, m, chart)
    if m.freshness is not Freshness.ACTIONABLE:
        return None if assess.on_obstetric_magnesium(chart) else Stop(Indicator.WARNING, "was_high")
    if not is_wanted(draft) and draft.route is Route.INTRAVENOUS:
        return Stop(Indicator.WARNING, "high_fluid")
    return (_into_a_vein(draft, m, chart) if wanted_iv else None) or _HIGH


def _fluid(m: Magnesium, chart: Chart) -> Stop | None:
    """An infusion that holds some magnesium among others is looked at; that of pre-eclampsia is high as intended."""
    intended = m.freshness is not Freshness.ACTIONABLE or assess.on_obstetric_magnesium(chart)
    return None if intended else Stop(Indicator.WARNING, "high_fluid")


def refuses(draft: Medication, chart: Chart) -> bool:
    """Whether the level forbids the draft: what is not to be given at all needs no word on how much."""
    found = stop(draft, chart)
    return found is not None and found.remove


def _into_a_vein(draft: Medication, m: Magnesium, chart: Chart) -> Stop | None:
    reason, very_high = reason_of(draft, chart), chart.at_least(m.x, "band.critical_high")
    if reason.indication.id == "torsades" and (reason.pulseless or not very_high):
        return Stop(Indicator.WARNING, "high_torsades")
    return Stop(Indicator.WARNING, "high_early") if reads_too_high(m, chart) else None


def reads_too_high(m: Magnesium, chart: Chart) -> bool:
    """Drawn during IV magnesium or soon after it, with kidneys that clear it, and not critically high (s.1.6)."""
    very_high = chart.at_least(m.x, "band.critical_high")
    return chart.renal.gate in _EXCRETING and not very_high and _is_drawn_early(m, chart)


def _is_drawn_early(m: Magnesium, chart: Chart) -> bool:
    """During IV magnesium, or less than 4 hours after it."""
    hours = chart.numbers["review.level_after_dose"]
    return any(_spans(other, m, hours, chart) for other in other_magnesium.listed(chart))


def _spans(other: Medication, m: Magnesium, hours: float, chart: Chart) -> bool:
    start, end = other.since, iv_states.end(other)
    if start is not None and start > m.when:
        return False
    return end is None or (m.when - end).total_seconds() < hours * 3600


def _obstetric(draft: Medication, m: Magnesium, chart: Chart) -> Stop | None:
    """To 3.5 mmol/L intended; above it the next bag is warned of, an additional dose and any from 3.95 is critical."""
    if not chart.above(m.x, "obstetric.caution"):
        return None
    if chart.at_least(m.x, "obstetric.stop"):
        return Stop(Indicator.CRITICAL, "obstetric_stop", True)
    return (
        Stop(Indicator.WARNING, "next_bag")
        if is_next_bag(draft, chart)
        else Stop(Indicator.CRITICAL, "obstetric_more", True)
    )


def is_next_bag(draft: Medication, chart: Chart) -> bool:
    """An infusion at no higher rate than one that runs, or that it renews."""
    steps = order_measures.steps((draft,))
    rates = other_magnesium.rates(other_magnesium.listed(chart))
    if not rates or order_measures.loads(steps, chart):
        return False
    rate = order_measures.measure("steady_rate", (draft,), chart)
    return rate is not None and rate <= max(rates)
