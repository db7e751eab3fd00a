"""Thresholds as sentences name them, where a bare number would not do."""

from collections.abc import Iterable, Mapping

from cards.loading.thresholds import Threshold
from cards.units import UnitTable, level

_DAYS_FROM, _MONTHS_FROM = 168, 4380  # h
_MONTH = 730  # h
_MG_PER_MMOL = 24.305  # the molar mass of magnesium


def told_numbers(thresholds: Iterable[Threshold], units: UnitTable, first: str) -> dict[str, Mapping[str, str]]:
    """By kind and id: `span` of hours in h, days or months, `mg_min` of a rate in g/h, `mg` of mmol of magnesium a day.

    `magnesium_of` a level, in the unit that the site reads first.
    """
    known = tuple(thresholds)
    return {
        "magnesium_of": {t.id: level("magnesium", t.value, first, units) for t in known if t.unit == "mmol/L"},
        "span": {t.id: _span(t.value) for t in known if t.unit == "h"},
        "mg_min": {t.id: f"{t.value * 1000 / 60:g}" for t in known if t.unit == "g/h"},
        "mg": {t.id: f"{t.value * _MG_PER_MMOL:.0f}" for t in known if t.unit.startswith("mmol/24")},
    }


def _span(hours: float) -> str:
    """A week and more is told in days, half a year and more in months."""
    days, months = hours / 24, hours / _MONTH
    if hours >= _MONTHS_FROM and months == int(months):
        return f"{months:g} months"
    return f"{days:g} days" if hours >= _DAYS_FROM and days == int(days) else f"{hours:g} h"
