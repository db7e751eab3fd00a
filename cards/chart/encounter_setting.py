"""Where the patient is: what an encounter says by its classes and words (encounter_classes.csv), never a guess."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from cards.chart import inputs
from cards.chart.fhir import child, codings, end_of, first_moment, objects, text, words_of
from cards.loading import Knowledge
from cards.model import JsonObject, Setting

_MOST_ACUTE_FIRST = tuple(Setting)
# shorter codes are abbreviations, which other places use for other things
_SHORTEST_WORD = 4
_NOT_THERE = frozenset({"completed", "planned", "reserved"})
_LOOKED_AT = (inputs.MAGNESIUM, inputs.RESULTS, inputs.MEDICATIONS)
_DATES = ("effectiveDateTime", "effectiveInstant", "effectivePeriod", "issued", "authoredOn", "occurrenceDateTime")


def setting_told(encounter: JsonObject | None, knowledge: Knowledge) -> Setting:
    """The setting of an encounter; UNKNOWN without one, or when nobody can tell."""
    if encounter is None:
        return Setting.UNKNOWN
    words = _words(encounter)
    coded = [knowledge.encounters.of_code(system, code, words) for system, code in classes_of(encounter)]
    known = [setting for setting in coded if setting]
    if known:
        return min(known, key=_MOST_ACUTE_FIRST.index)
    return (
        knowledge.encounters.of_words(words)
        or _by_code_as_word(encounter, knowledge)
        or _by_place(encounter, knowledge)
    )


def _by_code_as_word(encounter: JsonObject, knowledge: Knowledge) -> Setting | None:
    """A class or type whose code is a word: DSTU2 has `inpatient`, local lists `EMERGENCY`."""
    kinds = [c for told in objects(encounter, "type") for c in codings(told)]
    told = [text(encounter, "class"), *(code for _, code in (*classes_of(encounter), *kinds))]
    return knowledge.encounters.of_words(" ; ".join(code for code in told if len(code) >= _SHORTEST_WORD))


def _by_place(encounter: JsonObject, knowledge: Knowledge) -> Setting:
    """Where a patient lies, by the name of the place; a name never makes somebody an outpatient ("Mayo Clinic")."""
    here = (told for told in objects(encounter, "location") if _is_there(told) and not _was_left(told))
    named = (knowledge.encounters.of_words(text(child(told, "location"), "display")) for told in here)
    lying = [setting for setting in named if setting and setting.acts_as_inpatient]
    return min(lying, key=_MOST_ACUTE_FIRST.index, default=Setting.UNKNOWN)


def places_now(encounter: JsonObject, knowledge: Knowledge, now: datetime) -> Iterator[JsonObject]:
    """The entries of `location` where the patient is now: neither planned nor left."""
    for told in objects(encounter, "location"):
        ended = end_of(text(child(told, "period"), "end"), knowledge.site.zone)
        if _is_there(told) and not (ended and ended <= now):
            yield told


def _is_there(place: JsonObject) -> bool:
    return text(place, "status") not in _NOT_THERE


def _was_left(place: JsonObject) -> bool:
    return bool(text(child(place, "period"), "end"))


def place_of(setting: Setting) -> str:
    """Whose limits of age hold in a setting, as the ids of thresholds name it."""
    return Setting.INPATIENT.value if setting.acts_as_inpatient else setting.value


def categories_of_stay(encounter: JsonObject, knowledge: Knowledge) -> tuple[str, ...]:
    """The categories of conditions that the type, service or reason of an encounter names."""
    concepts = [c for key in ("type", "serviceType", "reasonCode") for c in objects(encounter, key)]
    told = " ; ".join(filter(None, (_words(encounter), *map(words_of, concepts))))
    return knowledge.terminology.categories_of([c for concept in concepts for c in codings(concept)], told)


def is_forgotten(
    start: datetime | None,
    resources: Mapping[str, Sequence[JsonObject]],
    missing: frozenset[str],
    now: datetime,
    knowledge: Knowledge,
) -> bool:
    """Whether a stay was never closed: open for months without any result, order or administration of late."""
    n = knowledge.numbers
    if start is None or now - start <= timedelta(days=n["stay.open"]) or not missing.isdisjoint(_LOOKED_AT):
        return False
    since = now - timedelta(days=n["stay.silent"])
    dated = (first_moment(r, *_DATES) for listed in resources.values() for r in listed)
    return not any(when and when >= since for when in dated)


def classes_of(encounter: JsonObject) -> Iterator[tuple[str, str]]:
    """(system, code) of each class: R4 has one Coding, R5 a list of CodeableConcept."""
    for told in objects(encounter, "class"):
        yield from [(text(told, "system").strip(), text(told, "code").strip())] if text(told, "code") else codings(told)


def _words(encounter: JsonObject) -> str:
    """The words of class, type and serviceType; in R5 serviceType is a list of references with a concept."""
    told = [text(c, "display") for c in objects(encounter, "class")]
    told += [words_of(c) for key in ("class", "type", "serviceType") for c in objects(encounter, key)]
    told += [words_of(child(c, "concept")) for c in objects(encounter, "serviceType")]
    return " ; ".join(filter(None, told))
