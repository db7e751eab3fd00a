"""The units that a site reads: of magnesium first and, unless it says otherwise, of the others in the same system."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from cards.loading.reading import Places, did_you_mean
from cards.units import AS_REPORTED, spelling

_FIRST = (AS_REPORTED, "mg/dL", "mmol/L", "mEq/L")
_ALONE = "alone"
# of each other result the units that a site may ask for, and which one goes with the system that it reads first
_ALLOWED: Mapping[str, tuple[str, ...]] = {
    "calcium": ("mg/dL", "mmol/L", "mEq/L"),
    "creatinine": ("mg/dL", "µmol/L"),
    "potassium": ("mmol/L", "mEq/L"),
    "albumin": ("g/L", "g/dL"),
}
OTHER_ANALYTES = tuple(_ALLOWED)
_SYSTEMS: Mapping[str, Mapping[str, str]] = {
    "mg/dL": {"calcium": "mg/dL", "creatinine": "mg/dL", "albumin": "g/dL"},
    "mEq/L": {"calcium": "mEq/L", "creatinine": "mg/dL", "albumin": "g/dL", "potassium": "mEq/L"},
    "mmol/L": {"calcium": "mmol/L", "creatinine": "µmol/L", "albumin": "g/L", "potassium": "mmol/L"},
}


@dataclass(frozen=True, slots=True)
class SiteUnits:
    """Magnesium's unit, whether it stands alone (no other in brackets), and the unit of each other result."""

    first: str = AS_REPORTED
    alone: bool = False
    others: Mapping[str, str] = field(default_factory=dict)

    def of(self, analyte: str) -> str:
        """The unit of a result; AS_REPORTED where nothing is told."""
        name = "calcium" if analyte.startswith("calcium") else analyte
        if analyte.startswith("magnesium"):
            return self.first
        return self.others.get(name) or _SYSTEMS.get(self.first, {}).get(name, AS_REPORTED)


def read_site_units(told: Mapping[str, Any], places: Places) -> SiteUnits:
    """The units of a site file; KnowledgeError with file, line and reason."""
    alone = told.get(_ALONE, False)
    if not isinstance(alone, bool):
        raise places.error("units.alone is true or false", "units", _ALONE)
    first = _one_of("first", str(told.get("first") or AS_REPORTED), _FIRST, places)
    if alone and first == AS_REPORTED:
        raise places.error("units.alone needs units.first", "units", _ALONE)
    return SiteUnits(
        first,
        alone,
        {name: _one_of(name, str(told[name]), _ALLOWED[name], places) for name in _ALLOWED if name in told},
    )


def _one_of(key: str, told: str, allowed: tuple[str, ...], places: Places) -> str:
    found = next((unit for unit in allowed if spelling(unit) == spelling(told)), None)
    if found is None:
        near = did_you_mean(told, allowed) if key != "first" else ""
        raise places.error(f"units.{key} is {told!r}; allowed: {', '.join(allowed)}{near}", "units", key)
    return found
