"""The usual order of an indication, in place of a draft that is too much or too fast (clinical rule s.2.7)."""

from cards.chart import Chart
from cards.judgements import assess, hard_stops
from cards.loading.indications import Indication
from cards.loading.words import Words
from cards.model import DoseStep, DraftMedication, RenalGate
from cards.plan import doses
from cards.units import shown


def instead(indication: Indication, chart: Chart) -> DraftMedication | None:
    """The usual loading dose of the reason; for low magnesium that of the plan; None where nothing is known right."""
    if _is_on_allergy_list(indication, chart):
        return None
    if indication.usual and chart.is_adult is True and chart.renal.gate is not RenalGate.R3:
        grams, minutes = indication.usual
        return _dose(grams, minutes, indication, chart.knowledge.words)
    if indication.kidneys != "deficiency" or assess.trusted_low(chart) is None:
        return None
    return doses.plan(chart).iv


def _is_on_allergy_list(indication: Indication, chart: Chart) -> bool:
    listed = (stop for stop in chart.knowledge.hard_stops.values() if stop.allergy)
    return any(indication.id not in stop.order_yields_in and hard_stops.stops(stop, chart) for stop in listed)


def _dose(grams: float, minutes: int, indication: Indication, words: Words) -> DraftMedication:
    step = DoseStep(
        words.say("dose.iv", grams=shown(grams, 1), time=words.say("dose.minutes", minutes=minutes)),
        grams,
        "g",
        minutes=minutes,
        grams_per_hour=grams * 60 / minutes,
    )
    return DraftMedication(
        f"iv_{shown(grams)}g", (step,), reason=indication.name, pieces=(f"dose:usual.{indication.id}",)
    )
