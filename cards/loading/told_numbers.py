"""Thresholds as sentences name them, where a bare number would not do."""

from collections.abc import Iterable, Mapping

from cards.loading.site_units import SiteUnits
from cards.loading.thresholds import Threshold
from cards.units import UnitTable, level, round_half_up, spelling

_DAYS_FROM, _MONTHS_FROM = 168, 4380  # h
_MONTH = 730  # h
_LEVELS = {"magnesium": "mmol/L", "potassium": "mmol/L", "creatinine": "mg/dL"}
_MG_PER_MMOL = 24.305  # the molar mass of magnesium


class _MassRanges(dict[str, str]):
    """Ranges of magnesium told in mg/dL ("0.4-0.6"), in the unit that the site reads first."""

    def __init__(self, first: str, units: UnitTable) -> None:
        spellings = units.by_analyte["magnesium"]
        self._shown = spellings[spelling(first)].shown if spelling(first) in spellings else "mg/dL"
        self._factor = spellings["mg/dl"].factor / spellings[spelling(self._shown)].factor

    def __missing__(self, told: str) -> str:
        both = (round_half_up(float(number) * self._factor) for number in told.split("-"))
        return f"{'-'.join(f'{number:g}' for number in both)} {self._shown}"


def told_numbers(thresholds: Iterable[Threshold], units: UnitTable, site: SiteUnits) -> dict[str, Mapping[str, str]]:
    """By kind and id: `span` of hours in h, days or months, `mg_min` of a rate in g/h, `mg` of mmol of magnesium a day.

    `magnesium_of`, `potassium_of`, `creatinine_of` a level and `magnesium_range` of mg/dL, in the unit of the site.
    """
    known = tuple(thresholds)
    return {
        "magnesium_range": _MassRanges(site.first, units),
        **{f"{a}_of": _levels(a, unit, known, site, units) for a, unit in _LEVELS.items()},
        "span": {t.id: _span(t.value) for t in known if t.unit == "h"},
        "mg_min": {t.id: f"{t.value * 1000 / 60:g}" for t in known if t.unit == "g/h"},
        "mg": {t.id: f"{t.value * _MG_PER_MMOL:.0f}" for t in known if t.unit.startswith("mmol/24")},
    }


def _levels(
    analyte: str, unit: str, known: Iterable[Threshold], site: SiteUnits, units: UnitTable
) -> Mapping[str, str]:
    return {t.id: level(analyte, t.value, site.of(analyte), units) for t in known if t.unit == unit}


def _span(hours: float) -> str:
    """A week and more is told in days, half a year and more in months."""
    days, months = hours / 24, hours / _MONTH
    if hours >= _MONTHS_FROM and months == int(months):
        return f"{months:g} months"
    return f"{days:g} days" if hours >= _DAYS_FROM and days == int(days) else f"{hours:g} h"
