"""Worked cases of a protocol: a patient and what the hospital's paper orders for him."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cards.loading.protocol.vocabulary import NUMBER, Number, Vocabulary, plain
from cards.loading.reading import KnowledgeError, did_you_mean, parse_yaml
from cards.model.protocol import Protocol
from cards.model.protocol_answer import Facts
from cards.units import UnitTable, spelling

_VALUE = re.compile(rf"({NUMBER})\s{{0,9}}(\S.{{0,200}})?")
_ORAL = {
    "yes": "possible",
    "possible": "possible",
    "no": "nil",
    "nil": "nil",
    "npo": "nil",
    "nil by mouth": "nil",
    "tube": "tube",
    "true": "possible",
    "false": "nil",
}
_PLAIN = frozenset(
    {"n", "mg", "magnesium", "oral", "setting", "unit", "has", "permissions", "expect", "why", "note", "name"}
)
_YEARS = frozenset({"y", "years", "year"})
_ADULT = 40.0  # of whom a case is that tells no age; the service knows it of everybody
_STANDS_FOR = (("crcl", "egfr"), ("egfr", "crcl"))  # whichever a case tells is the one that is asked for
_EXPECTED = frozenset({"orders", "one_of", "then", "none", "recheck", "notify", "order_test", "act", "row"})


@dataclass(frozen=True, slots=True)
class Case:
    """One case; `fault` says why it could not be read, and then it fails."""

    name: str
    facts: Facts
    expect: Mapping[str, Any] = field(default_factory=dict)
    fault: str = ""


def read_cases(text: str, name: str, protocol: Protocol, words: Vocabulary, units: UnitTable) -> list[Case]:
    """The cases of a file: a list, or a mapping that holds one under `cases`; KnowledgeError when there is none."""
    told = parse_yaml(text, name)
    listed = told.get("cases") if isinstance(told, dict) else told
    if not isinstance(listed, list) or not listed:
        raise KnowledgeError(f"{name}:1: no cases: a list is needed, or a mapping with the list under cases")
    return list(_Reader(protocol, words, units).all(listed))


class _Reader:
    def __init__(self, protocol: Protocol, words: Vocabulary, units: UnitTable) -> None:
        self.protocol, self.words, self.units = protocol, words, units

    def all(self, listed: Sequence[Any]) -> Iterator[Case]:
        for number, told in enumerate(listed, 1):
            name = str(told.get("n", told.get("name", number))) if isinstance(told, dict) else str(number)
            try:
                yield self._case(name, told)
            except ValueError as problem:
                yield Case(name, Facts(None), fault=f"not read: {problem}")

    def _case(self, name: str, told: Any) -> Case:
        if not isinstance(told, dict) or not isinstance(told.get("expect"), dict):
            raise ValueError("a case needs a patient and an expect")
        expect = {key: value for key, value in told["expect"].items() if value is not None}  # a bare text is a remark
        if unknown := next((key for key in expect if key not in _EXPECTED), None):
            raise ValueError(f"expect: unknown key {unknown!r}{did_you_mean(str(unknown), _EXPECTED)}")
        return Case(name, self._facts(told), expect)

    def _facts(self, told: Mapping[str, Any]) -> Facts:
        has = frozenset(map(self._word, told.get("has") or ()))
        states = {**self._oral(told.get("oral")), **self._states(told)}
        numbers = dict(self._numbers(told))
        numbers.setdefault("age", _ADULT)
        for one, other in _STANDS_FOR:
            if other in numbers:
                numbers.setdefault(one, numbers[other])
        permissions = frozenset(map(str, told.get("permissions") or ("iv", "oral") * ("permissions" not in told)))
        return Facts(self._magnesium(told), numbers, states, self._units(told), self.words.all_of(has), permissions)

    def _magnesium(self, told: Mapping[str, Any]) -> float | None:
        value = told.get("mg", told.get("magnesium"))
        if value is None:
            return None
        found = _VALUE.fullmatch(str(value).strip())
        unit = (found[2] if found and found[2] else self.protocol.unit).strip()
        known = self.units.find("magnesium", unit, unit)
        if found is None or known is None:
            raise ValueError(f"magnesium {value!r} is not read")
        return float(found[1]) * known.factor

    def _word(self, told: object) -> str:
        text = plain(str(told))
        word = text if text in self.protocol.words else self.words.word(text)
        if word is None:
            known = {*self.words.words.values(), *self.protocol.words}
            raise ValueError(f"has: unknown word {told!r}{did_you_mean(text, known)}")
        return word

    def _units(self, told: Mapping[str, Any]) -> frozenset[str]:
        text = told.get("setting", told.get("unit"))
        if text is None:
            return frozenset()
        unit = self.words.units.get(plain(str(text)))
        if unit is None:
            raise ValueError(f"setting: unknown unit {text!r}{did_you_mean(plain(str(text)), self.words.units)}")
        return self.words.all_of({unit})

    def _oral(self, told: object) -> dict[str, str]:
        if told is None:
            return {}
        if str(told).lower() not in _ORAL:
            raise ValueError(f"oral is {told!r}; yes, no or tube")
        return {"oral": _ORAL[str(told).lower()]}

    def _states(self, told: Mapping[str, Any]) -> dict[str, str]:
        """What is told as a state: calcium low."""
        return {key: str(told[key]) for key, states in self.words.states.items() if str(told.get(key)) in states}

    def _bare(self, number: Number, value: float) -> float:
        return self.words.without_unit(number, value)

    def _numbers(self, told: Mapping[str, Any]) -> Iterator[tuple[str, float]]:
        for key, value in told.items():
            if value is None or key in _PLAIN or key in self._states(told):
                continue
            number = self.words.numbers.get(plain(str(key)))
            found = _VALUE.fullmatch(str(value).strip())
            if number is None or found is None:
                known = {*_PLAIN, *(n.id for n in self.words.numbers.values()), *self.words.states}
                raise ValueError(f"{key}: {value!r} is not read{did_you_mean(str(key), known)}")
            yield self._number(number, float(found[1]), (found[2] or "").strip())

    def _number(self, number: Number, value: float, unit: str) -> tuple[str, float]:
        """A number in the unit of the language; ValueError for a unit that it is not measured in."""
        if "/kg" in unit:
            number = self.words.numbers.get(f"{number.id}_per_kg", number)
        if not unit:
            return number.id, self._bare(number, value)
        if spelling(unit).startswith(spelling(number.unit)) or unit in _YEARS:
            return number.id, value
        converted = self.units.find(number.analyte, unit, unit) if number.analyte else None
        if converted is None:
            raise ValueError(f"{unit!r} is no unit of {number.id}, which is in {number.unit or 'no unit'}")
        return number.id, value * converted.factor
