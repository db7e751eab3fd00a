"""The IV magnesium of the last 24 hours beside a draft: what was given and what runs, in grams of the day (s.2.7)."""

from collections.abc import Collection
from datetime import datetime

from cards.chart import Chart
from cards.chart.fhir import child, reference_of, text
from cards.judgements import indication, iv_states, spans
from cards.model import DoseState, Infusion, MagnesiumOrder, Medication, Schedule

_A_DAY = 24
_ENDLESS = (Schedule.REPEATED, Schedule.CONTINUOUS)


def listed(chart: Chart) -> tuple[Medication, ...]:
    """The IV magnesium of the last day: what is charted, and the orders that are not."""
    return chart.remember(listed, _listed)


def _listed(chart: Chart) -> tuple[Medication, ...]:
    found = iv_states.of_state(chart, DoseState.RUNNING, DoseState.ORDERED, DoseState.GIVEN)
    charted = any(m.charted for m in found)
    return tuple(m for m in found if m.charted or not (charted and m.schedule in _ENDLESS))


def beside(drafts: Collection[Medication], chart: Chart) -> tuple[Medication, ...]:
    """The same without the orders that the drafts renew or change."""
    renewed = {prior(d, chart) for d in drafts}
    return tuple(m for m in listed(chart) if m.reference not in renewed)


def prior(draft: Medication, chart: Chart) -> str:
    """The order that a draft follows, as `Type/id`; "" when it names none."""
    target = text(child(indication.raw(draft, chart), "priorPrescription"), "reference")
    named = chart.snapshot.by_urn.get(target)
    return (reference_of(named) or "") if named else "/".join(target.split("/_history/")[0].split("/")[-2:])


def grams(drafts: Collection[Medication], chart: Chart) -> float:
    """Grams of the last day and, until a day from now, of what runs or is ordered beside the drafts."""
    return sum(_of_a_day(m.magnesium, chart) for m in beside(drafts, chart) if m.magnesium)


def _of_a_day(order: MagnesiumOrder, chart: Chart) -> float:
    """All of it; where every step is due later the part that falls into the day."""
    if order.steps and all(step.begins and step.begins > chart.now for step in order.steps):
        return spans.within(_A_DAY, order.steps, chart.now)
    return order.grams or 0.0


def going_on(drafts: Collection[Medication], chart: Chart) -> tuple[Infusion, ...]:
    """The steps of what runs or is ordered beside the drafts; an order of which nobody charted a dose may begin now."""
    found = ((m, step) for m in running(drafts, chart) if m.magnesium for step in m.magnesium.steps)
    return tuple(step._replace(begins=_begins(m, step, chart.now)) for m, step in found)


def _begins(medication: Medication, step: Infusion, now: datetime) -> datetime:
    return medication.since or now if medication.charted else max(step.begins or now, now)


def ended(chart: Chart) -> tuple[Medication, ...]:
    """The doses of the last day that are over."""
    return tuple(m for m in listed(chart) if not is_running(m, chart))


def is_running(medication: Medication, chart: Chart) -> bool:
    """Whether it is not over, as far as known."""
    over = iv_states.end(medication)
    return medication.status == "active" and (over is None or over > chart.now)


def running(drafts: Collection[Medication], chart: Chart) -> tuple[Medication, ...]:
    """The infusions that run beside the drafts."""
    return tuple(m for m in beside(drafts, chart) if is_running(m, chart))


def rates(found: Collection[Medication]) -> list[float]:
    """The steady rates of some infusions, g/h: each by its last step."""
    every: list[Infusion] = [m.magnesium.steps[-1] for m in found if m.magnesium and m.magnesium.steps]
    return [step.per_hour for step in every if step.per_hour is not None]


def last_end(chart: Chart) -> datetime | None:
    """When the last of the doses that are over ended, as far as known."""
    return max((iv_states.last_end(m, chart) or chart.now for m in ended(chart)), default=None)


def level_since(drafts: Collection[Medication], chart: Chart) -> bool:
    """Whether a level was drawn long enough after the last end to be a new baseline; not while one runs beside."""
    last, m = last_end(chart), chart.current
    if running(drafts, chart):
        return False
    if last is None:
        return True
    hours = chart.numbers["review.level_after_dose"]
    return m is not None and (m.when - last).total_seconds() >= hours * 3600
