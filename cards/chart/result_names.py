"""Which analyte an observation is about, by its codes, else by its whole name; and whether that names another fluid."""

from collections.abc import Iterable
from typing import NamedTuple

from cards.by_value import ByValue, kept_by_value
from cards.chart.fhir import child, objects, text
from cards.loading import Knowledge
from cards.loading.result_tables import plain
from cards.model import JsonObject

_LOINC = ("loinc", "2.16.840.1.113883.6.1")
_Coding = tuple[str, str, str]


class Name(NamedTuple):
    """What the name of an observation says: the analyte, None for none of ours; whether it is of no blood."""

    analyte: str | None
    is_of_other_fluid: bool


def analyte_of(observation: JsonObject, knowledge: Knowledge) -> str | None:
    """The analyte; a LOINC code that we do not have is not another name for one that we have."""
    return name_of(observation, knowledge).analyte


def name_of(observation: JsonObject, knowledge: Knowledge) -> Name:
    """What codes, displays and text of an observation say together; each is read once by its value."""
    told = observation.get("code")
    concept = told if isinstance(told, dict) else child(observation, "code")
    listed = concept.get("coding")
    if not isinstance(listed, list):
        return _read(concept, knowledge)
    try:
        coded = tuple([(c["system"], c["code"], c.get("display")) for c in listed])
        return _NAMES[concept.get("text"), coded, knowledge]
    except (KeyError, TypeError, AttributeError):
        return _read(concept, knowledge)


def _of_value(told: object, coded: Iterable[tuple[object, object, object]], knowledge: Knowledge) -> Name:
    """Of the value of a concept, with anything in it."""
    listed = [{"system": system, "code": code, "display": display} for system, code, display in coded]
    return _read({"text": told, "coding": listed}, knowledge)


_NAMES: ByValue[Name] = ByValue(_of_value)


def _read(concept: JsonObject, knowledge: Knowledge) -> Name:
    coded = [(text(c, "system"), text(c, "code"), text(c, "display")) for c in objects(concept, "coding")]
    return _name(text(concept, "text"), tuple(coded), knowledge)


@kept_by_value(4096)
def _name(words: str, coded: tuple[_Coding, ...], knowledge: Knowledge) -> Name:
    told = (words, *(display for _, _, display in coded))
    keys = [(system.strip(), code.strip()) for system, code, _ in coded if code.strip()]
    analyte = knowledge.terminology.analyte_of(keys)
    if not analyte and not any(name in system.lower() for system, _ in keys for name in _LOINC):
        named = {knowledge.results.analyte_named(name) for name in told if name}
        analyte = named.pop() if len(named) == 1 else None
    return Name(analyte, any(is_of_other_fluid(name, knowledge) for name in told if name))


def is_unsettled(observation: JsonObject, knowledge: Knowledge) -> bool:
    """Whether a LOINC code that we do not have may be of an analyte of ours: by its name, or as others use it."""
    concept = child(observation, "code")
    listed = objects(concept, "coding")
    told = [name for name in (text(concept, "text"), *(text(coding, "display") for coding in listed)) if name]
    if told:
        return any(knowledge.results.analyte_named(name) for name in told)
    return any(text(coding, "code").strip() in knowledge.results.unsettled for coding in listed)


@kept_by_value(1024)
def is_of_other_fluid(told: str, knowledge: Knowledge) -> bool:
    """Whether words name a fluid that is no serum, plasma or blood (knowledge/result_words.yaml)."""
    return knowledge.results.other_specimen.search(plain(told)) is not None
