"""What forbids IV magnesium in this patient (knowledge/hard_stops.yaml)."""

from collections.abc import Iterator

from cards.chart import Chart
from cards.judgements import airway, allergies
from cards.loading import HardStop
from cards.model import RenalGate


def is_on_record(stop: HardStop, chart: Chart) -> bool:
    """Whether what makes the stop is on record, or its drug taken."""
    if stop.renal:
        return chart.renal.gate is RenalGate[stop.renal]
    if stop.drug_group:
        return airway.is_given(stop.drug_group, stop.as_infusion, stop.within, chart)
    if stop.allergy:
        return bool(allergies.stop(stop.allergy, chart))
    return chart.has(stop.condition)


def stops(stop: HardStop, chart: Chart) -> bool:
    """Whether it is on record and nothing there makes it harmless, as a pacemaker does for heart block."""
    if not is_on_record(stop, chart) or (stop.unless and chart.has(stop.unless)):
        return False
    return not (stop.unless_infused and airway.runs(stop.unless_infused, chart))


def has_unpaced_heart_block(chart: Chart) -> bool:
    """Heart block that forbids IV magnesium: second or third degree without a pacemaker on record."""
    return stops(chart.knowledge.hard_stops["heart_block"], chart)


def iv_is_forbidden(chart: Chart, kind: str | None = None) -> bool:
    """Any hard stop for IV magnesium (knowledge/hard_stops.yaml) that does not yield in this kind of emergency.

    Nor where it yields to an expert, who orders it then (s.2.2).
    """
    return stands(chart, kind) or bool(of_experts(chart, kind))


def stands(chart: Chart, kind: str | None) -> bool:
    """Any hard stop for IV magnesium that does not yield in this kind of emergency, or outside of any."""
    return any(stop.forbids_in(kind) and stops(stop, chart) for stop in _listed(chart))


def of_experts(chart: Chart, kind: str | None) -> tuple[HardStop, ...]:
    """The hard stops that yield in this kind of emergency, but to an expert alone."""
    yielding = (stop for stop in _listed(chart) if stop.needs_expert and not stop.forbids_in(kind))
    return tuple(stop for stop in yielding if stops(stop, chart))


def _listed(chart: Chart) -> Iterator[HardStop]:
    return (stop for stop in chart.knowledge.hard_stops.values() if not stop.caution)
