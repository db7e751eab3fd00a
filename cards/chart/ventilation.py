"""A ventilator by its mode (inputs of clinical rule s.10): only an invasive one is ventilation."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from cards.chart.conditions import Entry
from cards.chart.fhir import HOUR, child, text, words_of
from cards.chart.result_names import analyte_of
from cards.chart.results import FINAL, VENTILATION_MODE, observed_at
from cards.loading import Knowledge
from cards.model import JsonObject

_VENTILATED = "ventilated"


def entries_of_ventilator(observations: Iterable[JsonObject], knowledge: Knowledge, now: datetime) -> Iterator[Entry]:
    """The last mode of these hours, as an entry beside the problems on record; a mask is none."""
    modes = (r for r in observations if analyte_of(r, knowledge) == VENTILATION_MODE and text(r, "status") in FINAL)
    dated = [(when, r) for r in modes if (when := observed_at(r, knowledge.site.zone)) and when <= now]
    if not dated:
        return
    when, last = max(dated, key=lambda each: each[0])
    told = (words_of(child(last, "valueCodeableConcept")) or text(last, "valueString")).lower()
    words = knowledge.results.ventilation
    recent = (now - when) / HOUR <= knowledge.numbers["fresh.ventilation_mode"]
    if recent and words.invasive.search(told) and not words.by_mask.search(told):
        yield Entry({"onsetDateTime": when.isoformat()}, (_VENTILATED,))
