"""Where in the hospital the patient is, as a protocol names units: by codes of places and services, or by words.

A place that was left or is only planned does not count.
"""

import re
from collections.abc import Iterator

from cards.by_value import kept_by_value
from cards.chart import Chart, once
from cards.chart.encounter_setting import places_now
from cards.chart.fhir import child, codings, objects, text, words_of
from cards.loading.protocol import Vocabulary
from cards.model import JsonObject

_SERVICES = ("serviceType", "type")
_WORD = re.compile(r"[^\W_]+")
_LOCATION = "Location"


@once
def units(chart: Chart) -> frozenset[str]:
    """The units, each with the wider one that it is part of; what codes tell comes before words and kind of stay."""
    return chart.knowledge.protocol_words.all_of(_told(chart))


def unit_of_stay(chart: Chart) -> str:
    """The unit that the patient is in, the narrowest; "" where nobody tells one that we know.

    Of a call that concerns nobody only the drafts are read, so nobody tells it there either.
    """
    if chart.concerns_nobody:
        return ""
    words, told = chart.knowledge.protocol_words, _told(chart)
    wider = {unit for one in told for unit in words.all_of({one}) if unit != one}
    return min(told - wider, default="")


def is_on_trial(chart: Chart) -> bool:
    """Whether the whole service is on trial, everywhere or where the patient is: then nothing is shown."""
    trial = chart.knowledge.site.trial
    return trial.whole or (bool(trial.units) and _is_in(trial.units, chart))


def is_for_candidate(chart: Chart) -> bool:
    """Whether the candidate of the site answers a call about this patient: everywhere, or where the patient is."""
    asked = chart.knowledge.site.candidate.units
    return not asked or _is_in(asked, chart)


def _is_in(named: frozenset[str], chart: Chart) -> bool:
    return not units(chart).isdisjoint(named)


@once
def _told(chart: Chart) -> frozenset[str]:
    words = chart.knowledge.protocol_words
    told = {words.unit_codes[code] for code in _codes(chart) if code in words.unit_codes}
    named = (_named(told_text, words) for told_text in _texts(chart))
    return frozenset(told or filter(None, named)) or _of_setting(chart)


def _services(chart: Chart) -> Iterator[JsonObject]:
    stay = chart.encounter or {}
    yield from (concept for key in _SERVICES for concept in objects(stay, key))


def _codes(chart: Chart) -> Iterator[tuple[str, str]]:
    """Codes of places and services, identifiers of places, and the ids of their Location resources."""
    for place in places_now(chart.encounter or {}, chart.knowledge, chart.now):
        location = child(place, "location")
        identifier, (kind, _, ident) = child(location, "identifier"), text(location, "reference").rpartition("/")
        yield from ((text(identifier, "system"), text(identifier, "value")), (kind.rpartition("/")[2], ident))
        yield from codings(child(place, "physicalType"))
        yield from _of_contained(text(location, "reference"), chart)
    yield from (code for concept in _services(chart) for code in codings(concept))


def _of_contained(reference: str, chart: Chart) -> Iterator[tuple[str, str]]:
    """The codes of a Location that came inside the stay."""
    for held in objects(chart.encounter or {}, "contained"):
        if text(held, "resourceType") == _LOCATION and f"#{text(held, 'id')}" == reference:
            yield from (code for concept in objects(held, "type") for code in codings(concept))


def _texts(chart: Chart) -> Iterator[str]:
    for place in places_now(chart.encounter or {}, chart.knowledge, chart.now):
        yield f"{text(child(place, 'location'), 'display')} ; {words_of(child(place, 'physicalType'))}"
    yield from map(words_of, _services(chart))


@kept_by_value(1024)
def _named(told: str, words: Vocabulary) -> str:
    """The unit that a text names, by the longest of its spellings; "" where it names none."""
    spaced, known = _spaced(told), words.units
    for spelled in sorted(known, key=len, reverse=True):
        if _spaced(spelled) in spaced or _spaced(spelled.replace("_", "")) in spaced:
            return known[spelled]
    return ""


def _of_setting(chart: Chart) -> frozenset[str]:
    settings = chart.knowledge.protocol_words.unit_settings
    return frozenset(unit for unit, setting in settings.items() if setting == chart.setting.value)


def _spaced(told: str) -> str:
    """The words of a text in lower case, each between blanks."""
    return f" {' '.join(_WORD.findall(told.lower().replace('_', ' ')))} "
