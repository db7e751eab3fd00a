"""Paralysed or ventilated: what a neuromuscular blocker and a ventilator mean for magnesium (clinical rule s.2.2)."""

from collections.abc import Iterable

from cards.chart import Chart, once
from cards.model import Medication

_TAKEN = frozenset({"active", "completed"})


def runs(group: str, chart: Chart) -> bool:
    """Whether a drug of a group runs as an infusion."""
    return any(m.is_infusion for m in _of(group, chart.active))


def was_given(group: str, within: str, chart: Chart) -> bool:
    """Whether a drug of a group was given or ordered as a dose within a threshold, or nobody says since when."""
    doses = [m for m in _of(group, chart.medications or ()) if m.status in _TAKEN and not m.is_infusion]
    times = [(m.until or m.since, m.status) for m in doses]
    undated = any(when is None and status == "active" for when, status in times)
    return undated or any(when is not None and chart.at_most(chart.hours_since(when), within) for when, _ in times)


def _of(group: str, among: Iterable[Medication]) -> list[Medication]:
    return [m for m in among if any(role.is_in(group) for role in m.roles)]


@once
def cannot_swallow(chart: Chart) -> bool:
    """Paralysed or ventilated, and no feeding tube told of."""
    stops = (s for s in chart.knowledge.hard_stops.values() if s.drug_group)
    paralysed = any(is_given(s.drug_group, s.as_infusion, s.within, chart) for s in stops)
    return (paralysed or chart.has("ventilated")) and not chart.has("feeding_tube")


def is_given(group: str, as_infusion: bool, within: str, chart: Chart) -> bool:
    """Whether a drug of a group runs, or was given as a dose lately."""

    def read(asked: Chart) -> bool:
        return runs(group, asked) if as_infusion else was_given(group, within, asked)

    return chart.remember((is_given, group, as_infusion, within), read)


@once
def needs_slow_iv(chart: Chart) -> bool:
    """A caution of s.2.2: a slow heart, a ventilator, a blocker or vasopressor that runs; IV at most 1 g/h."""
    cautions = (s for s in chart.knowledge.hard_stops.values() if s.caution and s.drug_group)
    infused = any(is_given(s.drug_group, s.as_infusion, s.within, chart) for s in cautions)
    return infused or vasopressor_runs(chart) or chart.has("slow_heart", "ventilated")


@once
def vasopressor_runs(chart: Chart) -> bool:
    """Whether the pressure is held up by an infusion, and tells nothing of its own."""
    return any(runs(s.unless_infused, chart) for s in chart.knowledge.hard_stops.values() if s.unless_infused)
