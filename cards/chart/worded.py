"""Results that came as words: "<0.3", "1.2 mg/dL", "QNS", "see comment"."""

import re
from typing import NamedTuple

from cards.chart.fhir import child, text, words_of
from cards.loading import Knowledge
from cards.loading.result_tables import plain
from cards.model import JsonObject
from cards.units import Unit

# every comparator that is understood, as we write it; "ad" (sufficient to achieve) is at least
COMPARATORS = {"": "", "=": "", "<": "<", "<=": "<=", ">": ">", ">=": ">=", "ad": ">=", "≤": "<=", "≥": ">="}
_NUMBER = re.compile(r"\A\s*+([<>=≤≥]{0,2})\s*+(\d{1,6}+(?:[.,]\d{1,6}+)?+)(?![\d.,])\s*+")
_FLAG = re.compile(r"[(\[]?(?:[LHlh*!↓↑]{1,2}|low|high)?[)\]]?")
_LONGEST = 200
_UNIT_WORDS = 3


class Worded(NamedTuple):
    """A number in words: comparator, value as told, and its unit when one follows that we know."""

    comparator: str
    told: float
    unit: Unit | None
    more: str

    @property
    def sent(self) -> str:
        """What was told, where it is nothing but a number, its unit or a flag: "<0.3 mg/dL", "1.2" of "1.2 L"."""
        if self.unit is None and not _FLAG.fullmatch(self.more):
            return ""
        return f"{self.comparator}{self.told:.6g} {self.unit.shown if self.unit else ''}".strip()


def sign_of(quantity: JsonObject) -> str | None:
    """The comparator of a quantity as it is shown, "" when it has none; None when it is none of FHIR's."""
    told = quantity.get("comparator") or ""
    return COMPARATORS.get(told.strip()) if isinstance(told, str) else None


def words_told(observation: JsonObject) -> str:
    """The value as words, where it is a string or a concept."""
    return text(observation, "valueString") or words_of(child(observation, "valueCodeableConcept"))


def worded(analyte: str, words: str, knowledge: Knowledge) -> Worded | None:
    """The number at the start of words; None when there is none."""
    match = _NUMBER.match(words[:_LONGEST])
    if match is None or match.group(1) not in COMPARATORS:
        return None
    more = words[match.end() : _LONGEST].strip()
    told = float(match.group(2).replace(",", "."))
    return Worded(COMPARATORS[match.group(1)], told, _unit(analyte, more, knowledge), more)


def is_no_information(words: str, knowledge: Knowledge) -> bool:
    """Whether words hold no result: no digit, or one of the phrases that laboratories write in place of a value."""
    told = words[:_LONGEST]
    return not any(letter.isdigit() for letter in told) or bool(knowledge.results.no_information.search(plain(told)))


def _unit(analyte: str, rest: str, knowledge: Knowledge) -> Unit | None:
    """The unit that the first words after a number name, the longest first."""
    words = rest.split()[:_UNIT_WORDS]
    each = ("".join(words[:length]).strip("()[],;") for length in range(len(words), 0, -1))
    return next((unit for told in each if (unit := knowledge.units.find(analyte, told, told))), None)
