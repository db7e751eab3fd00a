"""A bag of 20 or 40 g: as a dose, without a rate, or for something else than obstetrics (clinical rules s.1.5, 2.7)."""

from cards.chart import Chart
from cards.chart.fhir import child, number, objects, text
from cards.judgements import indication, order_measures
from cards.model import Indicator, Infusion, MagnesiumKind, MagnesiumOrder, Medication

Fault = tuple[Indicator, str, float | None]


def fault(draft: Medication, obstetric: bool, chart: Chart) -> Fault | None:
    """How grave, and as which line; None when the bag has a fitting rate, or the draft is no such bag."""
    order = draft.magnesium
    if order is None or not _is_bag(order, chart):
        return None
    dose = _largest(order.steps)
    rate = max((s.per_hour for s in order.steps if s.per_hour is not None), default=None)
    if rate is None:
        return _without_rate(draft, dose, chart)
    if chart.at_least(dose, "obstetric.bag") and order_measures.loads(order.steps, chart):
        return Indicator.CRITICAL, "bag_as_dose", dose
    if obstetric:
        return None
    return (Indicator.CRITICAL if chart.above(rate, "review.rate") else Indicator.WARNING), "bag", dose


def waits_for_a_rate(draft: Medication, chart: Chart) -> bool:
    """A bag that is only chosen, and of which neither a rate nor one dose is told yet: nothing to say."""
    order = draft.magnesium
    if order is None or not chart.is_choosing or not _is_bag(order, chart):
        return False
    return all(s.per_hour is None for s in order.steps) and _without_rate(draft, _largest(order.steps), chart) is None


def _is_bag(order: MagnesiumOrder, chart: Chart) -> bool:
    return order.kind is MagnesiumKind.OBSTETRIC or bool(chart.at_least(_largest(order.steps), "obstetric.bag"))


def _largest(steps: tuple[Infusion, ...]) -> float | None:
    return max((s.grams for s in steps if s.grams is not None), default=None)


def _without_rate(draft: Medication, dose: float | None, chart: Chart) -> Fault | None:
    """As one dose always; else only when it is signed, less gravely where a protocol tells the rate."""
    told = _words(draft, chart)
    if chart.at_least(dose, "obstetric.bag") and (
        chart.knowledge.indications.one_dose.search(told) or _counts_once(draft, chart)
    ):
        return Indicator.CRITICAL, "bag_as_dose", dose
    if (dose is not None and not chart.at_least(dose, "obstetric.bag")) or chart.is_choosing:
        return None
    return (
        (Indicator.WARNING if chart.knowledge.indications.titrated.search(told) else Indicator.CRITICAL),
        "bag_no_rate",
        dose,
    )


def _words(draft: Medication, chart: Chart) -> str:
    order = indication.raw(draft, chart)
    return " ; ".join(text(entry, "text") for key in ("dosageInstruction", "note") for entry in objects(order, key))


def _counts_once(draft: Medication, chart: Chart) -> bool:
    dosages = objects(indication.raw(draft, chart), "dosageInstruction")
    return any(number(child(child(d, "timing"), "repeat"), "count") == 1 for d in dosages)
