"""Which analyte an observation is about, by its codes, else by its whole name; and whether that names another fluid."""

from functools import lru_cache
from typing import NamedTuple

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
    """What codes, displays and text of an observation say together."""
    concept = child(observation, "code")
    coded = [(text(c, "system"), text(c, "code"), text(c, "display")) for c in objects(concept, "coding")]
    return _name(text(concept, "text"), tuple(coded), knowledge)


@lru_cache(maxsize=4096)
def _name(words: str, coded: tuple[_Coding, ...], knowledge: Knowledge) -> Name:
    """A hospital has some hundred tests, which come again and again."""
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


@lru_cache(maxsize=1024)
def is_of_other_fluid(told: str, knowledge: Knowledge) -> bool:
    """Whether words name a fluid that is no serum, plasma or blood (knowledge/result_words.yaml)."""
    return knowledge.results.other_specimen.search(plain(told)) is not None
