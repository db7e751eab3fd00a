"""Whether what is said beside a code of serum names another fluid (clinical rule s.0.5)."""

from cards.chart.fhir import child, codings, objects, text, words_of
from cards.chart.result_names import Name, is_of_other_fluid
from cards.loading import Knowledge
from cards.model import JsonObject


def contradicts(observation: JsonObject, name: Name, knowledge: Knowledge) -> bool:
    """Whether specimen, name or a local coding says that this is no serum, plasma or blood."""
    # urine is the right specimen, or part of the name, or there is none
    if name.analyte in knowledge.results.not_in_blood:
        return False
    specimen = observation.get("specimen")
    is_silent = specimen is None or (isinstance(specimen, dict) and "display" not in specimen)
    if name.is_of_other_fluid or (is_silent and "contained" not in observation):
        return name.is_of_other_fluid
    display = text(specimen if isinstance(specimen, dict) else child(observation, "specimen"), "display")
    if is_of_other_fluid(display, knowledge):
        return True
    return "contained" in observation and any(is_of_other_fluid(told, knowledge) for told in _of_specimens(observation))


def _of_specimens(observation: JsonObject) -> list[str]:
    told = []
    for specimen in objects(observation, "contained"):
        if text(specimen, "resourceType") == "Specimen":
            kind = child(specimen, "type")
            told += [words_of(kind), *(code for _, code in codings(kind))]
    return told
