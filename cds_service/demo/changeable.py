"""What of a chart can be changed, to see what the service would say then; examples come from the stories."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass

from cards import INPUTS, Knowledge, prefetch_templates
from cds_service.demo.story import Story
from cds_service.demo.story_patient import ANALYTES
from cds_service.fhir_json import JsonDict, as_dict, as_list

# what to add: the element that names it, by the type of its resources
_NAMED_BY = {"Condition": "code", "MedicationRequest": "medicationCodeableConcept", "AllergyIntolerance": "code"}
_ADDED = {asked.key: (asked.kind.name, named) for asked in INPUTS if (named := _NAMED_BY.get(asked.kind.name))}


@dataclass(frozen=True, slots=True)
class Slider:
    """A result that can be changed: from `least` to `most` in steps, in the unit of its analyte."""

    name: str
    label: str
    analyte: str
    least: float
    most: float
    step: float

    def told(self, queries: Mapping[str, str]) -> JsonDict:
        """As the page needs it, with the LOINC code, the unit, and the key of the query that asks for it."""
        analyte = ANALYTES[self.analyte]
        key = next(key for key, query in queries.items() if f"|{analyte.code}" in query)
        return {**asdict(self), "key": key, "code": analyte.code, "unit": analyte.unit}


# how far a slider goes is a matter of the page; it says nothing about what is normal
SLIDERS = (
    Slider("magnesium", "Magnesium", "magnesium", 0.2, 6.0, 0.1),
    Slider("magnesium", "Magnesium", "magnesium_molar", 0.1, 2.5, 0.01),
    Slider("egfr", "eGFR", "egfr", 4, 120, 1),
    Slider("potassium", "Potassium", "potassium", 2.0, 7.0, 0.1),
    Slider("calcium", "Calcium", "calcium", 5.0, 13.0, 0.1),
    Slider("qtc", "QTc", "qtc", 350, 620, 5),
)


def changeable(told: Iterable[Story], knowledge: Knowledge) -> JsonDict:
    """Sliders with an example of each result, and what can be added: each code once, as a resource of some story."""
    resources = [resource for story in told for resource in story.resources]
    observed = {_code(r, "code"): r for r in resources if r["resourceType"] == "Observation"}
    queries = prefetch_templates(knowledge)
    sliders = [{**one, "example": observed.get(str(one["code"]))} for one in (s.told(queries) for s in SLIDERS)]
    return {"sliders": sliders, **{key: _once(resources, *where) for key, where in _ADDED.items()}}


def _once(resources: Iterable[JsonDict], kind: str, element: str) -> list[JsonDict]:
    found: dict[str, JsonDict] = {}
    for resource in resources:
        if resource["resourceType"] == kind and resource.get("status", "active") == "active":
            found.setdefault(_code(resource, element), resource)
    return sorted(found.values(), key=lambda resource: str(as_dict(resource[element]).get("text")).lower())


def _code(resource: JsonDict, element: str) -> str:
    first = next(iter(as_list(as_dict(resource.get(element)).get("coding"))), {})
    return str(as_dict(first).get("code"))
