"""The accepted units of each analyte (units.yaml)."""

from importlib.resources.abc import Traversable
from typing import Any

from cards.loading.reading import read_yaml
from cards.units import Unit, UnitTable, spelling


def read_units(path: Traversable) -> UnitTable:
    """Accepted spellings per analyte."""
    told = read_yaml(path)
    by_analyte = {analyte: _spellings(units) for analyte, units in told["analytes"].items()}
    for analyte, like in told["same_as"].items():
        by_analyte[analyte] = by_analyte[like]
    return UnitTable(by_analyte)


def _spellings(units: list[dict[str, Any]]) -> dict[str, Unit]:
    found = {}
    for entry in units:
        factor = float(entry["factor"]) if "factor" in entry else 1 / float(entry["per"])
        unit = Unit(entry["shown"], factor)
        found.update({spelling(told): unit for told in entry["spellings"]} | {entry["shown"]: unit})
    return found
