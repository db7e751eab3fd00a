"""Whether what is said beside a code of serum names another fluid (clinical rule s.0.5)."""

from functools import lru_cache

from cards.chart.fhir import child, codings, objects, text, words_of
from cards.loading import Knowledge
from cards.loading.result_tables import plain
from cards.model import JsonObject

# urine is the right specimen, or part of the name, or there is none; every other analyte is of blood
_NOT_OF_BLOOD = frozenset(
    {"urine_magnesium", "urine_magnesium_24h", "urine_creatinine", "urine_output", "urine_output_24h", "egfr", "qtc"}
)


def contradicts(observation: JsonObject, analyte: str, knowledge: Knowledge) -> bool:
    """Whether specimen, name or a local coding says that this is no serum, plasma or blood."""
    if analyte in _NOT_OF_BLOOD:
        return False
    concept = child(observation, "code")
    told = [text(concept, "text"), *(text(coding, "display") for coding in objects(concept, "coding"))]
    if "specimen" in observation or "contained" in observation:
        told += _of_specimens(observation)
    return any(_names_another(words, knowledge) for words in told if words)


def _of_specimens(observation: JsonObject) -> list[str]:
    told = [text(child(observation, "specimen"), "display")]
    for specimen in objects(observation, "contained"):
        if text(specimen, "resourceType") == "Specimen":
            kind = child(specimen, "type")
            told += [words_of(kind), *(code for _, code in codings(kind))]
    return told


@lru_cache(maxsize=1024)
def _names_another(told: str, knowledge: Knowledge) -> bool:
    """The same few names come with every request."""
    return knowledge.results.other_specimen.search(plain(told)) is not None
