"""Conditions of the protocol language: "no digoxin or telemetry", "egfr < 30", "calcium low", "oral possible"."""

import re
from collections.abc import Iterable
from itertools import product

from cards.loading.protocol.quantities import a_level
from cards.loading.protocol.spellings import CONDITION, alike
from cards.loading.protocol.vocabulary import NUMBER, Number, Vocabulary, plain
from cards.loading.reading import did_you_mean
from cards.model.protocol import INF, Atom, Condition, Level
from cards.units import UnitTable, spelling

_OR, _AND = re.compile(r" or |\|"), re.compile(" and | but ")
_WITHOUT = re.compile(r"(?<=\w) (?:without|but no) ")
_NUMBERS = re.compile(r"[<>=\d]")
_NO = re.compile(r"(?:no|not|without) (?:on )?(?!oral\b|known)")
_LEAD = re.compile(
    r"(?:has|on|in|with|is|patient is|receiving|taking|given|known|new|newly|new[- ]onset|current|currently|acute"
    r"|active|any|the|a|an|patients? (?:has|on|with)) (?!iv\b)"
)
_TAKE = r"(?:tak|tolerat|swallow|receiv|absorb)(?:e|es|ing)?"
_MOUTH = (
    r"(?:oral(?:ly)?|po|by mouth|enteral(?:ly)?)(?: (?:route|intake|medications?|medicines|tablets|magnesium|diet))?"
)
_CAN_TAKE = re.compile(rf"(?:(?:is )?able to |can )?{_TAKE} {_MOUTH}|{_MOUTH} (?:is )?(?:possible|tolerated|available)")
_CANNOT_TAKE = re.compile(rf"(?:(?:is )?(?:unable|not able) to |cannot |can't |can not |not ){_TAKE} {_MOUTH}")
_COMPARED = re.compile(
    rf"([a-z_]{{1,20}}+(?: [a-z_]{{1,20}}+){{0,2}}) ?((?:<=|>=|<|>|=) ?{NUMBER}"
    rf"|{NUMBER} ?(?:\.\.|-|to) ?(?:<=? ?)?{NUMBER}) ?([a-z%].{{0,40}})?"
)
_EXACT = re.compile(rf"(day|dose) ({NUMBER})")
_KNOWN = re.compile(r"([a-z_ ]{1,40}?) (?:is )?(unknown|missing|not known|known)")
_PERMISSION = re.compile(r"(?:permission[ _](iv|oral)|(iv|oral)[ _]permission)")
_UNIT = re.compile(r"(?:unit|setting|ward) (.{1,200})")
_STATE = re.compile(r"([a-z]{1,20})[ _](.{1,200})")
_ORAL = {
    "oral possible": "possible", "oral": "possible", "oral yes": "possible", "by mouth": "possible",
    "oral not possible": "nil", "no oral": "nil", "no oral route": "nil", "oral no": "nil", "nil by mouth": "nil",
    "npo": "nil", "not oral": "nil", "oral nil": "nil", "oral impossible": "nil", "oral tube": "tube", "tube": "tube",
    "feeding tube": "tube", "tolerating oral": "possible", "oral tolerated": "possible", "taking oral": "possible",
    "able to take oral": "possible", "can take oral": "possible", "eating": "possible", "enteral access": "possible",
    "gi functional": "possible", "functional gi tract": "possible", "functioning gut": "possible",
    "not tolerating oral": "nil", "unable to take oral": "nil", "cannot take oral": "nil", "no enteral access": "nil",
    "not eating": "nil", "strict npo": "nil",
}  # fmt: skip
_SAID = {
    "asymptomatic": "no symptoms", "adult": "age >= 18", "adults": "age >= 18",
    "child": "age < 18", "children": "age < 18",
}  # fmt: skip


class ConditionReader:
    """Reads conditions with the words of the language, those of one file, and the units of laboratories."""

    def __init__(self, words: Vocabulary, own: Iterable[str], units: UnitTable, unit: str) -> None:
        self.words, self.own, self.units, self.unit = words, frozenset(map(plain, own)), units, unit

    def read(self, text: str, line: int = 0) -> Condition:
        """A condition; ValueError with the nearest known word."""
        told = _WITHOUT.sub(" and no ", alike(" ".join(text.lower().split()), CONDITION))
        either = _OR.split(told)
        return Condition(tuple(tuple(self._atom(a) for a in _AND.split(one)) for one in either), text, line)

    def _atom(self, text: str) -> Atom:
        told = _SAID.get(text.strip(), text.strip())
        if (state := _oral(told)) is not None:
            return Atom("state", "oral", state=state, text=told)
        if negated := _NO.match(told):
            rest = told[negated.end() :]
            inner = self._plain_atom(_SAID.get(rest, rest))
            return Atom(inner.kind, inner.of, not inner.no, inner.state, inner.level, told)
        return self._plain_atom(told)

    def _plain_atom(self, told: str) -> Atom:
        readers = (self._word, self._permission, self._known, self._number, self._unit, self._state)
        for read, said in product(readers, (told, _LEAD.sub("", told, count=1))):
            if (atom := read(said)) is not None:
                return atom
        name = _NUMBERS.split(told)[0].strip()
        near = did_you_mean(plain(name), {*self.words.askable, *self.own, "permission iv", "unit icu", "oral possible"})
        own = " A word" if near else "; a word"
        raise ValueError(f"unknown word {name!r}{near}{own} of the site's own stands under words")

    def _word(self, told: str) -> Atom | None:
        word = plain(told) if plain(told) in self.own else self.words.word(told)
        return Atom("word", word, text=told) if word else None

    def _permission(self, told: str) -> Atom | None:
        found = _PERMISSION.fullmatch(told)
        return Atom("permission", found[1] or found[2], text=told) if found else None

    def _known(self, told: str) -> Atom | None:
        if not (found := _KNOWN.fullmatch(told)):
            return None
        number = self.words.numbers.get(plain(found[1]))
        of = number.id if number else plain(found[1])
        if number is None and of not in self.words.states:
            return None
        return Atom("known", of, no=found[2] != "known", text=told)

    def _number(self, told: str) -> Atom | None:
        found = _COMPARED.fullmatch(told)
        if exact := _EXACT.fullmatch(told):
            return Atom("number", exact[1], level=a_level(f"= {exact[2]}", ""), text=told)
        number = self.words.numbers.get(plain(found[1])) if found else None
        if found is None or number is None:
            return None
        if "/kg" in (found[3] or ""):
            number = self.words.numbers.get(f"{number.id}_per_kg", number)
        return Atom("number", number.id, level=self._level(number, found[2], (found[3] or "").strip()), text=told)

    def _level(self, number: Number, compared: str, unit: str) -> Level:
        level = a_level(compared, "")
        if number.id == "magnesium":
            return a_level(f"{compared} {unit}", self.unit)
        if not unit:
            for end in (level.low, level.high):
                self.words.without_unit(number, 0.0 if end == INF else end)
            return level
        if spelling(unit).startswith(spelling(number.unit)) or unit in ("y", "years"):
            return level
        known = self.units.find(number.analyte, unit, unit) if number.analyte else None
        if known is None:
            raise ValueError(f"{unit!r} is no unit of {number.id}, which is in {number.unit or 'no unit'}")
        return Level(level.low * known.factor, level.high * known.factor, level.with_low, level.with_high, level.text)

    def _unit(self, told: str) -> Atom | None:
        found = _UNIT.fullmatch(told)
        unit = self.words.units.get(plain(found[1] if found else told))
        if found and unit is None:
            raise ValueError(
                f"unknown unit {found[1]!r}{did_you_mean(plain(found[1]), set(self.words.units.values()))}"
            )
        return Atom("unit", unit, text=told) if unit else None

    def _state(self, told: str) -> Atom | None:
        found = _STATE.fullmatch(told)
        if not found or found[1] not in self.words.states:
            return None
        states = {state.lower(): state for state in self.words.states[found[1]]}
        if found[2] not in states:
            raise ValueError(f"{found[1]} is one of {', '.join(states.values())} or unknown, not {found[2]!r}")
        return Atom("state", found[1], state=states[found[2]], text=told)


def _oral(told: str) -> str | None:
    """Whether somebody can take by mouth, in any of the wordings; None where a condition is about something else."""
    if told in _ORAL:
        return _ORAL[told]
    return "nil" if _CANNOT_TAKE.fullmatch(told) else "possible" if _CAN_TAKE.fullmatch(told) else None
