"""Which analyte an observation is about: by its codes, else by its whole name."""

from cards.chart.fhir import child, codings, objects, text
from cards.loading import Knowledge
from cards.model import JsonObject

_LOINC = ("loinc", "2.16.840.1.113883.6.1")


def analyte_of(observation: JsonObject, knowledge: Knowledge) -> str | None:
    """The analyte; a LOINC code that we do not have is not another name for one that we have."""
    concept = child(observation, "code")
    coded = codings(concept)
    found = knowledge.terminology.analyte_of(coded)
    if found or any(name in system.lower() for system, _ in coded for name in _LOINC):
        return found
    told = (text(concept, "text"), *(text(c, "display") for c in objects(concept, "coding")))
    named = {knowledge.results.analyte_named(name) for name in told if name}
    return named.pop() if len(named) == 1 else None
