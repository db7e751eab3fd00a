"""Results inside a DiagnosticReport or a panel, read when one was sent."""

from collections.abc import Iterable, Iterator, Sequence

from cards.chart.fhir import child, objects, text, words_of
from cards.chart.result_names import is_of_other_fluid, name_of
from cards.loading import Knowledge
from cards.model import JsonObject

_PANELS = frozenset({"DiagnosticReport", "Observation"})
_UNUSABLE = frozenset({"entered-in-error", "cancelled"})
_TIMES = ("effectiveDateTime", "effectiveInstant", "effectivePeriod", "issued")
_IDENTITY = ("id", "meta")
_OF_PANEL = ("resourceType", "status", "meta", "subject", "specimen", "contained", *_TIMES)


def results_told(resources: Iterable[JsonObject], knowledge: Knowledge) -> list[JsonObject]:
    """The Observations among resources, and those that reports and panels contain or have as components."""
    told: list[JsonObject] = []
    for resource in resources:
        if resource.get("resourceType") == "Observation" and "contained" not in resource:
            told.append(resource)  # as nearly all are
        else:
            told.extend(_results_in([resource]))
    if not any("component" in result for result in told):
        return told
    return [*_with_components(told, knowledge)]


def _results_in(resources: Iterable[JsonObject]) -> Iterator[JsonObject]:
    for resource in resources:
        kind = resource.get("resourceType")
        if kind == "Observation":
            yield resource
            if "contained" not in resource:
                continue
        if kind in _PANELS and text(resource, "status") not in _UNUSABLE:
            contained = objects(resource, "contained")
            specimens = [r for r in contained if r.get("resourceType") == "Specimen"]
            results = (r for r in contained if r.get("resourceType") == "Observation")
            yield from (_of_report(result, resource, specimens) for result in results)


def _with_components(results: Iterable[JsonObject], knowledge: Knowledge) -> Iterator[JsonObject]:
    """Results, and those that are components of one: a blood pressure is told as a pair, electrolytes as a panel."""
    for result in results:
        yield result
        if "component" not in result or is_of_other_fluid(words_of(child(result, "code")), knowledge):
            continue
        for part in objects(result, "component"):
            if name_of(part, knowledge).analyte:
                yield {**{key: result[key] for key in _OF_PANEL if key in result}, **part}


def _of_report(result: JsonObject, report: JsonObject, specimens: Sequence[JsonObject]) -> JsonObject:
    """A contained result has the report's time where it has none, its own specimen, and no id of its own."""
    own = {key: value for key, value in result.items() if key not in _IDENTITY}
    times = {} if any(key in own for key in _TIMES) else {key: report[key] for key in _TIMES if key in report}
    return {**own, **times, "contained": _specimen_of(result, specimens)}


def _specimen_of(result: JsonObject, specimens: Sequence[JsonObject]) -> Sequence[JsonObject]:
    """The specimen that a result names; else the only one of the report."""
    named = text(child(result, "specimen"), "reference").removeprefix("#")
    if named:
        return [s for s in specimens if text(s, "id") == named][:1]
    return specimens if len(specimens) == 1 else []
