"""What of a chart can be changed, to see what the service would say then; examples come from the stories."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from cds_service.demo.story import Story
from cds_service.demo.story_patient import ANALYTES
from cds_service.fhir_json import JsonDict, as_dict, as_list

# what to add, by the type of its resources and the element that names it
_ADDED = {
    "conditions": ("Condition", "code"),
    "medications": ("MedicationRequest", "medicationCodeableConcept"),
    "allergies": ("AllergyIntolerance", "code"),
}


@dataclass(frozen=True, slots=True)
class Slider:
    """A result that can be changed: from `least` to `most` in steps, in the unit of its analyte; `key` of prefetch."""

    name: str
    label: str
    analyte: str
    least: float
    most: float
    step: float
    key: str = "results"

    def told(self) -> JsonDict:
        """As the page needs it, with the LOINC code and the unit."""
        analyte = ANALYTES[self.analyte]
        return {**asdict(self), "code": analyte.code, "unit": analyte.unit}


# how far a slider goes is a matter of the page; it says nothing about what is normal
SLIDERS = (
    Slider("magnesium", "Magnesium", "magnesium", 0.2, 6.0, 0.1, "magnesium"),
    Slider("magnesium", "Magnesium", "magnesium_molar", 0.1, 2.5, 0.01, "magnesium"),
    Slider("egfr", "eGFR", "egfr", 4, 120, 1),
    Slider("potassium", "Potassium", "potassium", 2.0, 7.0, 0.1),
    Slider("calcium", "Calcium", "calcium", 5.0, 13.0, 0.1),
    Slider("qtc", "QTc", "qtc", 350, 620, 5),
)


def changeable(told: Iterable[Story]) -> JsonDict:
    """Sliders with an example of each result, and what can be added: each code once, as a resource of some story."""
    resources = [resource for story in told for resource in story.resources]
    observed = {_code(r, "code"): r for r in resources if r["resourceType"] == "Observation"}
    sliders = [{**told, "example": observed.get(str(told["code"]))} for told in (slider.told() for slider in SLIDERS)]
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
