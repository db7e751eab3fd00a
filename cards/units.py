"""Units as laboratories write them, turned into the canonical unit of an analyte; anything else is refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import floor

AS_REPORTED = "as reported"
_ROUNDING_GUARD = 1e-9
_WHOLE_FROM = 20


@dataclass(frozen=True, slots=True)
class Unit:
    """One accepted unit of an analyte: how we show it and the factor to the canonical unit."""

    shown: str
    factor: float


@dataclass(frozen=True, slots=True)
class UnitTable:
    """Accepted spellings per analyte (knowledge/units.yaml), and each unit as it is usually written."""

    by_analyte: Mapping[str, Mapping[str, Unit]]

    def find(self, analyte: str, code: str, text: str) -> Unit | None:
        """The unit of a quantity; None when neither code nor text is known, or when both are and contradict."""
        spellings = self.by_analyte.get(analyte, {})
        by_code = spellings.get(code) or spellings.get(spelling(code))
        if text == code:
            return by_code
        by_text = spellings.get(text) or spellings.get(spelling(text))
        if by_code and by_text and by_code.factor != by_text.factor:
            return None
        return by_code or by_text


def spelling(text: str) -> str:
    """A unit text without the differences that mean nothing (case, blanks, micro signs)."""
    return "".join(text.split()).lower().replace("\u00b5", "u").replace("\u03bc", "u")


def round_half_up(value: float, digits: int = 2) -> float:
    """Rounded as clinical.md s.0.2 asks: 0.695 becomes 0.70, never banker's rounding."""
    scale: int = 10**digits
    return floor(value * scale + 0.5 + _ROUNDING_GUARD) / scale


def shown(value: float, digits: int = 2) -> str:
    """A number as a clinician writes it: no trailing zeros beyond one, no exponent."""
    text = f"{value:.{digits}f}".rstrip("0").rstrip(".") if digits else f"{value:.0f}"
    return text or "0"


def shown_result(value: float) -> str:
    """A laboratory value with at least one decimal below 20, as results are printed: 2.0, 0.62, 141."""
    text = shown(value)
    return text if "." in text or value >= _WHOLE_FROM else f"{text}.0"


def level(analyte: str, value: float, first: str, units: UnitTable) -> str:
    """A level in its canonical unit as a reader of `first` units reads it, with two digits at least: 0.50 mmol/L."""
    spellings = units.by_analyte[analyte]
    told = spellings.get(spelling(first))
    unit = told or next(unit for unit in spellings.values() if unit.factor == 1)
    number = value / unit.factor
    number = round_half_up(number, 0 if number >= _WHOLE_FROM else 2)
    name = first if told else unit.shown
    return f"{number:.2f} {name}" if number < 1 else f"{shown_result(number)} {name}"
