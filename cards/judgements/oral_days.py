"""The elemental magnesium that drafts give by mouth on one day: courses that follow each other do not add (s.2.7)."""

from collections.abc import Iterable

from cards.chart import Chart
from cards.chart.dose_count import bounded_hours, period_hours
from cards.chart.fhir import child, objects
from cards.chart.schedule import first_due
from cards.judgements import indication, spans
from cards.model import Infusion, JsonObject, Medication


def most(drafts: Iterable[Medication], chart: Chart) -> float:
    """The most mg a day; a draft that names no first day begins now, one that names no last day goes on."""
    amounts = [(d, d.magnesium.elemental_mg_per_day) for d in drafts if d.magnesium]
    taken = [_course(draft, amount, chart) for draft, amount in amounts if amount]
    times = spans.moments(0, taken, chart.now)
    return max(sum(each.per_hour or 0.0 for each in taken if spans.runs(each, at)) for at in times)


def _course(draft: Medication, amount: float, chart: Chart) -> Infusion:
    """As an infusion of so much all the time, in mg: of several dosages from the first on, without an end."""
    dosages = objects(indication.raw(draft, chart), "dosageInstruction")
    named = (first_due(dosage, chart.knowledge.site.zone) or chart.now for dosage in dosages)
    begins = max(min(named, default=chart.now), chart.now)
    return Infusion(None, amount, None, begins=begins, lasts=_hours(dosages[0]) if len(dosages) == 1 else None)


def _hours(dosage: JsonObject) -> float | None:
    repeat = child(child(dosage, "timing"), "repeat")
    return bounded_hours(repeat) or period_hours(repeat) or None
